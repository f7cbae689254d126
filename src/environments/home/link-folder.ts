import { realpathSync, symlinkSync } from "node:fs";
import { dirname, relative } from "node:path";

/**
 * Makes a link to a folder: a relative one, so that both can be moved together. Windows makes junctions without asking
 * for rights, and theirs are absolute. Throws the file system's error, also when there is something already.
 *
 * @param target An absolute path.
 * @param platform Default: the one that this runs on.
 */
export function linkFolder(target: string, path: string, platform: NodeJS.Platform = process.platform): void {
  if (platform === "win32") symlinkSync(target, path, "junction");
  else symlinkSync(relative(realpathSync(dirname(path)), target), path, "dir");
}
