import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What the files of a folder hold, in bytes. A file with several names there counts once; what has gone, not at all. */
export function folderSize(folder: string): number {
  const seen = new Set<number>();
  const pending = [folder];
  let bytes = 0;
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    try {
      const stats = lstatSync(path);
      if (stats.isDirectory()) for (const name of readdirSync(path)) pending.push(join(path, name));
      if (stats.isDirectory() || (stats.nlink > 1 && seen.has(stats.ino))) continue;
      seen.add(stats.ino);
      bytes += stats.size;
    } catch {
      // It has gone.
    }
  }
  return bytes;
}
