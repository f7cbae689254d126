import { realpathSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname, sep } from "node:path";
import { isWithin } from "../kernel/is-within.ts";
import { isIgnoredFile } from "../sources/ignored-file.ts";
import { clockToleranceMs, statsOf, targetStatsOf } from "../sources/stats-of.ts";
import { walkFolder } from "../sources/walk-folder.ts";
import type { PathWatcher, WatcherEvents, WatchTarget } from "./path-watcher.ts";
import { inTimeSlices } from "./time-slices.ts";

/** One folder that the system watches for us. */
interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Another folder at the same path is another one. */
  readonly inode: number;
}

/**
 * Watches by one `fs.watch` for each folder: the only way that hears of every atomic save on every Node.js (recursive
 * watches go deaf after the first one), with fewer watches than one for each file.
 */
export class EventWatcher implements PathWatcher {
  readonly #events: WatcherEvents;
  readonly #folders = new Map<string, WatchedFolder>();
  #targets: readonly WatchTarget[] = [];
  /** The folders that are watched with everything in them. */
  #roots: ReadonlySet<string> = new Set();
  /** The names that count in folders which are watched for some entries only. */
  #entries: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  #isClosed = false;

  constructor(events: WatcherEvents) {
    this.#events = events;
  }

  async watch(targets: readonly WatchTarget[], sinceMs: number): Promise<void> {
    this.#targets = targets;
    this.#roots = new Set(targets.filter(({ kind }) => kind === "folder").map(({ path }) => path));
    this.#watchEntries();
    const earliestMs = sinceMs - clockToleranceMs;
    for (const root of this.#roots) {
      for await (const { path, isFolder, stats } of inTimeSlices(walkFolder(root))) {
        if (this.#isClosed) return;
        if (isFolder) this.#add(path);
        if (stats !== undefined && stats.ctimeMs > earliestMs) this.#events.onEvent(path);
      }
    }
    for (const { path, kind } of targets) {
      if (kind === "file" && (statsOf(path)?.ctimeMs ?? 0) > earliestMs) this.#events.onEvent(path);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Beside the folders; where the links among the targets lead to is looked up anew. */
  #watchEntries(): void {
    this.#entries = entriesOf(this.#targets);
    for (const path of this.#folders.keys()) if (!this.#isWanted(path)) this.#forget(path);
    for (const folder of this.#entries.keys()) this.#add(folder);
  }

  #isWanted(folder: string): boolean {
    return this.#entries.has(folder) || this.#isInRoot(folder);
  }

  #isInRoot(path: string): boolean {
    for (const root of this.#roots) if (isWithin(path, root)) return true;
    return false;
  }

  #add(folder: string): void {
    if (this.#isClosed) return;
    // Above the targets, the path may lead through links.
    const stats = this.#isInRoot(folder) ? statsOf(folder) : targetStatsOf(folder);
    if (stats?.isDirectory() !== true) return this.#forget(folder);
    const known = this.#folders.get(folder);
    if (known?.inode === stats.ino) return;
    known?.watcher.close();
    try {
      const watcher = watch(folder, { persistent: false }, (_type, name) => this.#hear(folder, name));
      // On Windows, a folder that is removed is an error of its watcher.
      watcher.on("error", () => this.#look(folder));
      this.#folders.set(folder, { watcher, inode: stats.ino });
    } catch (error) {
      this.#folders.delete(folder);
      const { code } = error as NodeJS.ErrnoException;
      // What went a moment ago, or may not be read, is told of by its parent when that changes.
      if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES" || code === "EPERM") return;
      this.close();
      this.#events.onRefused(folder, error);
    }
  }

  #forget(folder: string): void {
    this.#folders.get(folder)?.watcher.close();
    this.#folders.delete(folder);
  }

  #hear(folder: string, name: string | null): void {
    if (this.#isClosed) return;
    if (name === null) return this.#look(folder);
    if (isIgnoredFile(name)) return;
    const entries = this.#entries.get(folder);
    if (entries?.has(name) !== true && !entries?.has(anyName) && !this.#isInRoot(folder)) return;
    this.#look(folder.endsWith(sep) ? folder + name : folder + sep + name);
    // A link may have been turned, or a file have become one.
    if (entries !== undefined) this.#watchEntries();
  }

  /** Tells of a path; a folder that is new there is watched from now on, with everything in it. */
  #look(path: string): void {
    this.#events.onEvent(path);
    const stats = statsOf(path);
    const known = this.#folders.get(path);
    if (known !== undefined && known.inode !== stats?.ino) this.#forgetBelow(path);
    if (stats?.isDirectory() !== true) return;
    this.#watchEntries();
    if (this.#isInRoot(path)) this.#addNew(path);
    else for (const root of this.#roots) if (isWithin(root, path)) this.#addNew(root);
  }

  #addNew(folder: string): void {
    if (this.#folders.has(folder)) return;
    for (const entry of walkFolder(folder)) {
      if (entry.isFolder) this.#add(entry.path);
      this.#events.onEvent(entry.path);
    }
  }

  #forgetBelow(path: string): void {
    for (const folder of this.#folders.keys()) {
      if (isWithin(folder, path)) this.#forget(folder);
    }
  }
}

/** Stands for every name in a folder. */
const anyName = "*";

/**
 * What must be heard of beside the content of the folders: each target in its parent, and that in its own, up to the
 * root, since any of them may be replaced as a whole. Where a file is a link, what it leads through may be anything beside it (a mounted configuration is replaced by
 * turning a link of a folder), and the file that it leads to counts as well.
 */
function entriesOf(targets: readonly WatchTarget[]): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = new Map<string, Set<string>>();
  const add = (folder: string, name: string): void => {
    const names = entries.get(folder);
    if (names === undefined) entries.set(folder, new Set([name]));
    else names.add(name);
  };
  for (const { path, kind } of targets) {
    for (let at = path; dirname(at) !== at; at = dirname(at)) add(dirname(at), basename(at));
    if (kind !== "file" || statsOf(path)?.isSymbolicLink() !== true) continue;
    add(dirname(path), anyName);
    try {
      const real = realpathSync(path);
      add(dirname(real), basename(real));
    } catch {
      // A link that leads nowhere yet.
    }
  }
  return entries;
}
