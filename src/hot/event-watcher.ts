import { watch, type FSWatcher } from "node:fs";
import { sep } from "node:path";
import { isWithin } from "../kernel/is-within.ts";
import { isIgnored } from "../sources/ignored-file.ts";
import { clockToleranceMs, statsOf, targetStatsOf } from "../sources/stats-of.ts";
import { walkFolder } from "../sources/walk-folder.ts";
import type { PathWatcher, WatcherEvents, WatchTarget } from "./path-watcher.ts";
import { placesOnTheWay } from "./places-on-the-way.ts";
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
  /** What counts in folders which are watched for some entries only. */
  #entries: Entries = new Map();
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
      if (kind === "file" && changedAtMs(path) > earliestMs) this.#events.onEvent(path);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Beside the folders; where the links on the way to the targets lead is looked up anew. */
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
    const stats = statsOf(folder);
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
    const path = folder.endsWith(sep) ? folder + name : folder + sep + name;
    const targets = this.#entries.get(folder)?.get(name);
    if (targets === undefined) {
      if (this.#isInRoot(folder) && !this.#isIgnored(path, name)) this.#look(path);
      return;
    }
    this.#look(path);
    // A link may have been turned, or a file have become one.
    for (const target of targets) if (!isWithin(target, path)) this.#events.onEvent(target);
    this.#watchEntries();
  }

  /** What has gone was a folder when it was watched. */
  #isIgnored(path: string, name: string): boolean {
    if (!isIgnored(name, false)) return false;
    return !(this.#folders.has(path) || targetStatsOf(path)?.isDirectory() === true) || isIgnored(name, true);
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

/** By folder and name: the targets that lead through it. */
type Entries = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** What must be heard of beside the content of the folders: all that decides what the targets are, up to the root. */
function entriesOf(targets: readonly WatchTarget[]): Entries {
  const entries = new Map<string, Map<string, Set<string>>>();
  for (const { path } of targets) {
    for (const { folder, name } of placesOnTheWay(path)) {
      const names = entries.get(folder) ?? new Map<string, Set<string>>();
      entries.set(folder, names.set(name, (names.get(name) ?? new Set()).add(path)));
    }
  }
  return entries;
}

/** When a file was written, or one of the links that lead to it was turned. */
function changedAtMs(path: string): number {
  let latestMs = 0;
  for (const { stats } of placesOnTheWay(path)) {
    if (stats?.isDirectory() === false) latestMs = Math.max(latestMs, stats.ctimeMs);
  }
  return latestMs;
}
