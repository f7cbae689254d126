import type { Stats } from "node:fs";
import { clockToleranceMs, targetStatsOf } from "../sources/stats-of.ts";
import { walkFolder } from "../sources/walk-folder.ts";
import type { PathWatcher, WatcherEvents, WatchTarget } from "./path-watcher.ts";
import { inTimeSlices } from "./time-slices.ts";

/** How long a poll waits after the one before has ended. */
export const pollIntervalMs = 500;

type PollingEvents = Pick<WatcherEvents, "onEvent">;

/** Looks at every file again and again, for where the system does not watch: too many files, or a network drive. */
export class PollingWatcher implements PathWatcher {
  readonly #events: PollingEvents;
  #targets: readonly WatchTarget[] = [];
  #seen: ReadonlyMap<string, string> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(events: PollingEvents) {
    this.#events = events;
  }

  async watch(targets: readonly WatchTarget[], sinceMs: number): Promise<void> {
    this.#targets = targets;
    this.#seen = await this.#look(({ ctimeMs }) => ctimeMs > sinceMs - clockToleranceMs);
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#poll(), pollIntervalMs).unref();
  }

  async #poll(): Promise<void> {
    const before = this.#seen;
    const now = await this.#look(() => false);
    if (this.#isClosed || before !== this.#seen || before === undefined) return;
    this.#seen = now;
    for (const [path, state] of now) if (before.get(path) !== state) this.#events.onEvent(path);
    for (const path of before.keys()) if (!now.has(path)) this.#events.onEvent(path);
    this.#schedule();
  }

  async #look(isNew: (stats: Stats) => boolean): Promise<ReadonlyMap<string, string>> {
    const seen = new Map<string, string>();
    const note = (path: string, stats: Stats | undefined): void => {
      if (stats === undefined) return;
      seen.set(path, `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`);
      if (isNew(stats)) this.#events.onEvent(path);
    };
    for (const { path, kind } of this.#targets) {
      if (kind === "file") note(path, targetStatsOf(path));
      else for await (const entry of inTimeSlices(walkFolder(path))) note(entry.path, entry.stats);
      if (this.#isClosed) break;
    }
    return seen;
  }
}
