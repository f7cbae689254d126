import { readdirSync, type Stats } from "node:fs";
import { sep } from "node:path";
import { isIgnored } from "./ignored-file.ts";
import { statsOf, targetStatsOf } from "./stats-of.ts";

/** A folder or file that a walk came by. */
export interface WalkedEntry {
  readonly path: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
  /** `undefined` when it has gone since it was listed. */
  readonly stats: Stats | undefined;
}

/**
 * A file, or a folder and everything in it; each folder before what is in it and before it is read: who watches it then
 * misses nothing. What cannot be read, or goes meanwhile, is passed over.
 *
 * @param followsLinks Whether a symbolic link counts as what it leads to, unless that is a folder that it lies in. Else a
 * link is a file.
 */
export function* walkFolder(root: string, followsLinks = false): Generator<WalkedEntry, void, undefined> {
  const first = entryAt(root, followsLinks);
  if (first.stats === undefined) return;
  const pending: Step[] = [{ entry: first, parent: undefined }];
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    const { entry } = step;
    if (entry.isLink && entry.isFolder && leadsBack(step)) continue;
    yield entry;
    if (!entry.isFolder) continue;
    for (const name of list(entry.path)) {
      if (isIgnored(name, true)) continue;
      const child = entryAt(entry.path + sep + name, followsLinks);
      if (!isIgnored(name, child.isFolder)) pending.push({ entry: child, parent: step });
    }
  }
}

interface Step {
  readonly entry: WalkedEntry;
  readonly parent: Step | undefined;
}

function leadsBack({ entry, parent }: Step): boolean {
  for (let above = parent; above !== undefined; above = above.parent) {
    const { stats } = above.entry;
    if (stats?.ino === entry.stats?.ino && stats?.dev === entry.stats?.dev) return true;
  }
  return false;
}

function entryAt(path: string, followsLinks: boolean): WalkedEntry {
  const own = statsOf(path);
  const isLink = own?.isSymbolicLink() === true;
  const stats = followsLinks && isLink ? (targetStatsOf(path) ?? own) : own;
  return { path, isFolder: stats?.isDirectory() === true, isLink, stats };
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
