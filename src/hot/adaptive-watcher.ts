import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { EventWatcher } from "./event-watcher.ts";
import type { PathWatcher, WatcherEvents, WatchTarget } from "./path-watcher.ts";
import { pollIntervalMs, PollingWatcher } from "./polling-watcher.ts";

/** What a watcher tells that helps itself. */
export interface AdaptiveEvents {
  readonly onEvent: WatcherEvents["onEvent"];
  /** Told once, when the system refuses: from then on files are looked at again and again. */
  readonly onPolling: (problem: PlugoError) => void;
}

/** Watches by events as long as the system does, and by polling from then on. */
export class AdaptiveWatcher implements PathWatcher {
  readonly #events: AdaptiveEvents;
  #watcher: PathWatcher;
  #targets: readonly WatchTarget[] = [];
  #sinceMs = 0;
  #polling: Promise<void> | undefined;
  #isClosed = false;

  constructor(events: AdaptiveEvents) {
    this.#events = events;
    this.#watcher = new EventWatcher({
      onEvent: events.onEvent,
      onRefused: (path, error) => {
        this.#polling ??= this.#poll(path, error);
      },
    });
  }

  async watch(targets: readonly WatchTarget[], sinceMs: number): Promise<void> {
    this.#targets = targets;
    this.#sinceMs = sinceMs;
    await this.#watcher.watch(targets, sinceMs);
    await this.#polling;
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher.close();
  }

  async #poll(path: string, error: unknown): Promise<void> {
    if (this.#isClosed) return;
    const facts = { path: displayPath(path), reason: refusalOf(error), intervalMs: pollIntervalMs };
    this.#events.onPolling(plugoError("PLUGO_WATCH_REFUSED", facts, { cause: error }));
    this.#watcher = new PollingWatcher(this.#events);
    // What happened while nobody watched is told of by its time.
    await this.#watcher.watch(this.#targets, this.#sinceMs);
  }
}

/** To a watch, a disk without space is a system without watches. */
function refusalOf(error: unknown): string {
  const isFull = (error as NodeJS.ErrnoException).code === "ENOSPC";
  return isFull ? "the system watches no more folders (ENOSPC)" : fileErrorReason(error);
}
