import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import type Picomatch from "picomatch";
import { crypto, lazyRequire } from "../kernel/lazy-require.ts";
import { walkFolder, type WalkedEntry } from "./walk-folder.ts";

const picomatch = lazyRequire<typeof Picomatch>("picomatch");

/** What is in some files of a folder, in a form that can be compared: for each path, in order, what it holds. */
export type FolderContent = string;

/** A larger file counts by its size and its time, which is enough to see that it was written. */
const maxHashedBytes = 1_048_576;

/**
 * The content of a folder's files.
 *
 * @param isWanted Asked of each file by its path in the folder, with `/`.
 * @param onEntry Told of each file and folder that was looked at.
 */
export function readFolderContent(
  folder: string,
  isWanted: (name: string) => boolean = () => true,
  onEntry?: (entry: WalkedEntry) => void,
): FolderContent {
  const lines: string[] = [];
  for (const entry of walkFolder(folder)) {
    onEntry?.(entry);
    if (entry.isFolder) continue;
    const name = relative(folder, entry.path).split(sep).join("/");
    if (isWanted(name)) lines.push(`${name}\0${contentOf(entry)}`);
  }
  return lines.toSorted().join("\n");
}

/** Tests a file's path in a folder, with `/`: whether it matches one of the globs. */
export function matcherOf(globs: readonly string[]): (name: string) => boolean {
  return picomatch()([...globs], { dot: true });
}

function contentOf({ path, stats }: WalkedEntry): string {
  try {
    if (stats === undefined) return "gone";
    if (!stats.isFile() || stats.size > maxHashedBytes) return `${stats.mode} ${stats.size} ${stats.mtimeMs}`;
    return crypto().createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch {
    return "unreadable";
  }
}
