import { readFileSync, type Stats } from "node:fs";
import { sep } from "node:path";
import type Picomatch from "picomatch";
import { contentHash } from "../kernel/content-hash.ts";
import { lazyRequire } from "../kernel/lazy-require.ts";
import { clockToleranceMs } from "./stats-of.ts";
import { walkFolder, type WalkedEntry } from "./walk-folder.ts";

const picomatch = lazyRequire<typeof Picomatch>("picomatch");

/** What is known of one file's content. */
interface FileContent {
  /** Another one after each write; `undefined` while the file is so new that another write might leave the same one. */
  readonly stamp: string | undefined;
  /** `undefined` when the file was not read. */
  readonly hash: string | undefined;
}

/** What is in some files of some folders, by their paths. */
export type FolderContent = ReadonlyMap<string, FileContent>;

/** A larger file counts by its size and its time, which is enough to see that it was written. */
const maxHashedBytes = 1_048_576;

/** Which files of a folder count, and who is told of what is looked at. */
export interface FolderLook {
  /** Asked of each file by its path in the folder, with `/`, and by its path. */
  readonly isWanted?: ((name: string, path: string) => boolean) | undefined;
  /** Whether a symbolic link counts as what it leads to. */
  readonly followsLinks?: boolean | undefined;
  /** Told of each file and folder that is looked at. */
  readonly onEntry?: ((entry: WalkedEntry) => void) | undefined;
}

/**
 * The content of the files in `folders`, each of which may be a file itself.
 *
 * @param known An earlier content: a file that has not been written since is not read again.
 */
export function readFolderContent(
  folders: readonly string[],
  look: FolderLook = {},
  known?: FolderContent,
): FolderContent {
  return mapFiles(folders, look, (entry, stamp) => {
    const before = known?.get(entry.path);
    const isKnown = stamp !== undefined && before?.stamp === stamp && before.hash !== undefined;
    return { stamp, hash: isKnown ? before.hash : hashOf(entry) };
  });
}

/** The same, without reading a file whose stamp tells whether it has been written since. */
export function noteFolderContent(folders: readonly string[], look: FolderLook = {}): FolderContent {
  return mapFiles(folders, look, (entry, stamp) => ({ stamp, hash: stamp === undefined ? hashOf(entry) : undefined }));
}

/**
 * What was there when `noted` was taken, as far as it can still be read: a file that has been written since has no hash,
 * and is never the same as one that has.
 */
export function readNoted(noted: FolderContent, folders: readonly string[], look: FolderLook = {}): FolderContent {
  const read = readFolderContent(folders, look, noted);
  const after = noteFolderContent(folders, look);
  const content = new Map<string, FileContent>();
  for (const [path, file] of noted) {
    const { stamp, hash } = file;
    const isAsNoted = stamp !== undefined && after.get(path)?.stamp === stamp;
    content.set(path, hash === undefined && isAsNoted ? { stamp, hash: read.get(path)?.hash } : file);
  }
  return content;
}

/** The files that only one of the two has, and those whose content differs. What was not read is the same as nothing. */
export function changedPaths(before: FolderContent, now: FolderContent = new Map()): readonly string[] {
  const changed: string[] = [];
  for (const [path, { hash }] of before) if (hash === undefined || now.get(path)?.hash !== hash) changed.push(path);
  for (const path of now.keys()) if (!before.has(path)) changed.push(path);
  return changed;
}

/** Whether a file is as it was at the time of an earlier look at it. */
export function isUnwritten(file: string, since: FolderContent): boolean {
  const before = since.get(file);
  const look = before?.hash === undefined ? noteFolderContent : readFolderContent;
  const now = look([file]).get(file);
  if (before === undefined || now === undefined) return before === now;
  return before.hash === undefined ? before.stamp === now.stamp : before.hash === now.hash;
}

/** Tests a file's path in a folder, with `/`: whether it matches one of the globs. */
export function matcherOf(globs: readonly string[]): (name: string) => boolean {
  return picomatch()([...globs], { dot: true });
}

function mapFiles(
  folders: readonly string[],
  { isWanted, followsLinks, onEntry }: FolderLook,
  contentOf: (entry: WalkedEntry, stamp: string | undefined) => FileContent,
): FolderContent {
  const content = new Map<string, FileContent>();
  const newFromMs = Date.now() - clockToleranceMs;
  for (const folder of folders) {
    for (const entry of walkFolder(folder, followsLinks)) {
      onEntry?.(entry);
      if (entry.isFolder) continue;
      const { path, stats } = entry;
      if (isWanted !== undefined && !isWanted(path.slice(folder.length + 1).replaceAll(sep, "/"), path)) continue;
      content.set(path, contentOf(entry, stats === undefined ? undefined : stampOf(stats, newFromMs)));
    }
  }
  return content;
}

function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats, newFromMs: number): string | undefined {
  return ctimeMs > newFromMs ? undefined : `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

function hashOf({ path, stats }: WalkedEntry): string {
  try {
    if (stats === undefined) return "gone";
    if (!stats.isFile() || stats.size > maxHashedBytes) return `${stats.mode} ${stats.size} ${stats.mtimeMs}`;
    return contentHash(readFileSync(path));
  } catch {
    return "unreadable";
  }
}
