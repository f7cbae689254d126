import { extname } from "node:path";
import { absolutePath } from "../kernel/absolute-path.ts";
import { createConsoleLogger, type Logger } from "../kernel/logger.ts";
import { describeThrown } from "../kernel/plugo-error.ts";
import { problemText } from "../kernel/problem-text.ts";
import { changedPaths, readFolderContent, type FolderContent } from "../sources/folder-content.ts";
import { AdaptiveWatcher } from "./adaptive-watcher.ts";
import { Bursts } from "./bursts.ts";
import type { PathWatcher } from "./path-watcher.ts";

/** What a {@link PluginWatcher} watches, and what it calls. */
export interface PluginWatcherOptions {
  /** Folders and files; relative ones are relative to the working directory. They need not exist yet. */
  readonly watchPaths: readonly (string | URL)[];
  /** Called after a change. Never twice at a time: what changes meanwhile is followed by another call. */
  readonly reloadCallback: () => unknown;
  /** How long it must be quiet after a change, in milliseconds; 1 000 at most in all. Default 50. */
  readonly debounceMs?: number | undefined;
  /** Default: one line per fact on standard error. */
  readonly logger?: Logger | undefined;
  /** Whether a file counts, by its absolute path. Default: by its extension, `.ts .mts .cts .js .mjs .cjs .json`. */
  readonly filter?: ((path: string) => boolean) | undefined;
}

const extensions: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"]);

/**
 * Watches folders for an application that drives reloads itself, and calls it when the content of a file has changed.
 * `loadPlugins` needs none: it follows the disk by itself. It does not keep the process alive. The caller stops it:
 * `await watcher.stop()`, or `await using`.
 *
 * @example
 * ```ts
 * const reload = createReloadCallback({ pluginDirectory: "plugins", context });
 * const watcher = new PluginWatcher({ watchPaths: ["plugins"], reloadCallback: reload });
 * await watcher.start();
 * ```
 */
export class PluginWatcher implements AsyncDisposable {
  readonly #options: PluginWatcherOptions;
  readonly #paths: readonly string[];
  readonly #logger: Logger;
  #running: { readonly watcher: PathWatcher; readonly bursts: Bursts<string> } | undefined;
  #content: FolderContent = new Map();
  #calls: Promise<void> = Promise.resolve();

  constructor(options: PluginWatcherOptions) {
    this.#options = options;
    this.#logger = options.logger ?? createConsoleLogger();
    this.#paths = options.watchPaths.map((path) => absolutePath(path));
  }

  /** Resolves when every later change is noticed. Starting it twice is starting it once. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const sinceMs = Date.now();
    const bursts = new Bursts<string>(this.#options.debounceMs ?? 50, () => {
      bursts.take();
      this.#calls = this.#calls.then(() => this.#reload());
    });
    const watcher = new AdaptiveWatcher({
      onEvent: (path) => bursts.add(path),
      onPolling: (problem) => this.#logger.warn(problemText(problem)),
    });
    this.#running = { watcher, bursts };
    this.#content = this.#read();
    const targets = this.#paths.flatMap(
      (path) =>
        [
          { path, kind: "folder" },
          { path, kind: "file" },
        ] as const,
    );
    await watcher.watch(targets, sinceMs);
  }

  /** Resolves when a call under way has ended; nothing is called any more. It can be started again. */
  async stop(): Promise<void> {
    this.#running?.watcher.close();
    this.#running?.bursts.stop();
    this.#running = undefined;
    await this.#calls;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #reload(): Promise<void> {
    const content = this.#read();
    // A touch, or the reads of a reload, change nothing.
    if (this.#running === undefined || changedPaths(this.#content, content).length === 0) return;
    this.#content = content;
    try {
      await this.#options.reloadCallback();
    } catch (error) {
      this.#logger.error(`the reload failed: ${describeThrown(error)}`);
    }
  }

  #read(): FolderContent {
    const { filter = (path) => extensions.has(extname(path)) } = this.#options;
    return readFolderContent(this.#paths, { isWanted: (_name, path) => filter(path) }, this.#content);
  }
}
