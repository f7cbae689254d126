/** What is watched: a folder with everything in it, or one file. It need not exist yet. */
export interface WatchTarget {
  /** Absolute. */
  readonly path: string;
  readonly kind: "folder" | "file";
}

/** What a watcher tells. */
export interface WatcherEvents {
  /** Something at this path may have changed: it was written, made, renamed or removed, or only touched. */
  readonly onEvent: (path: string) => void;
  /** The system refuses to watch `path`; the watcher has stopped and must be replaced. */
  readonly onRefused: (path: string, error: unknown) => void;
}

/**
 * Tells which paths may have changed. It never keeps the process alive. `isIgnored` says which names it passes over.
 */
export interface PathWatcher {
  /**
   * Watches these targets, and no others any more. Resolves when every later change is told of; what has changed since
   * `sinceMs` (as `Date.now()` has it) is told of as well.
   */
  watch(targets: readonly WatchTarget[], sinceMs: number): Promise<void>;
  close(): void;
}
