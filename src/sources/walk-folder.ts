import { readdirSync, type Dirent, type Stats } from "node:fs";
import { sep } from "node:path";
import { isIgnoredFile } from "./ignored-file.ts";
import { statsOf } from "./stats-of.ts";

/** A folder or file that a walk came by. */
export interface WalkedEntry {
  readonly path: string;
  readonly isFolder: boolean;
  /** `undefined` when it has gone since it was listed. */
  readonly stats: Stats | undefined;
}

/**
 * A file, or a folder and everything in it; each folder before what is in it and before it is read: who watches it then
 * misses nothing. Symbolic links are not followed. What cannot be read, or goes meanwhile, is passed over.
 */
export function* walkFolder(root: string): Generator<WalkedEntry, void, undefined> {
  const stats = statsOf(root);
  if (stats === undefined) return;
  const pending: WalkedEntry[] = [{ path: root, isFolder: stats.isDirectory(), stats }];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    yield entry;
    if (!entry.isFolder) continue;
    for (const child of list(entry.path)) {
      if (isIgnoredFile(child.name)) continue;
      const path = entry.path + sep + child.name;
      pending.push({ path, isFolder: child.isDirectory(), stats: statsOf(path) });
    }
  }
}

function list(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
