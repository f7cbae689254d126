import { AsyncLocalStorage, createHook, type AsyncHook } from "node:async_hooks";
import { pathToFileURL } from "node:url";
import { nameOfResource } from "../host/open-resources.ts";
import { displayPath } from "../kernel/display-path.ts";
import { timedOut, withTimeLimit } from "../kernel/time-limit.ts";

/** A timer or a handle that is open, and where it came from. */
interface Resource {
  readonly name: string;
  readonly value: { readonly hasRef?: () => boolean; readonly unref?: () => unknown };
  /** The frame of the plugin that led to it; `undefined` when there was none. */
  readonly frame: string | undefined;
  /** Whether a file of the plugin itself asked for it, and no package on its behalf. */
  readonly isDirect: boolean;
}

const owned = new AsyncLocalStorage<OwnedResources>();
const maxFrames = 50;

/**
 * The timers, servers, sockets, child processes, workers and watchers that a plugin opens: everything that starts
 * within `run`, at whatever later time, and what a file of the plugin starts in answer to others.
 *
 * What does not keep the process alive counts only when a file of the plugin itself asked for it: packages keep idle
 * connections and housekeeping timers of that kind.
 */
export class OwnedResources implements Disposable {
  readonly #folder: readonly string[];
  readonly #hook: AsyncHook;
  readonly #open = new Map<number, Resource>();
  /** The frames that led to what runs now, for what has no frame of its own any more. */
  readonly #frames = new Map<number, string>();
  #onEnd: (() => void) | undefined;

  /** @param folder The plugin's folder, with symbolic links resolved. */
  constructor(folder: string) {
    this.#folder = [`${pathToFileURL(folder).href}/`, `${folder}/`, `${folder}\\`];
    this.#hook = createHook({
      init: (id, kind, trigger, value) => this.#note(id, kind, trigger, value),
      destroy: (id) => this.#forget(id),
    }).enable();
  }

  /** Calls `start`; what it opens belongs to the plugin, now and later. */
  run<T>(start: () => Promise<T>): Promise<T> {
    return owned.run(this, start);
  }

  /**
   * What is open, one line for each; handles take a moment to end, so this waits for them, `graceMs` at most.
   *
   * @param mapStack Maps the frames of a stack to the plugin's sources.
   */
  async left(graceMs: number, mapStack: (error: Error) => string): Promise<string[]> {
    const ended = new Promise<void>((resolve) => {
      this.#onEnd = () => {
        if (this.#counting().length === 0) resolve();
      };
    });
    if (this.#counting().length > 0 && (await withTimeLimit(ended, graceMs)) !== timedOut) return [];
    const counts = new Map<string, number>();
    for (const { name, frame } of this.#counting()) {
      const line = `open ${name}${frame === undefined ? "" : ` (${placeOf(frame, mapStack)})`}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
    return Array.from(counts, ([line, count]) => (count === 1 ? `an ${line}` : `${count} × an ${line}`));
  }

  /** Notes nothing any more. What is open no longer keeps the process alive, so that a failed test can end. */
  [Symbol.dispose](): void {
    this.#hook.disable();
    for (const { value } of this.#open.values()) value.unref?.();
    this.#open.clear();
    this.#frames.clear();
  }

  #note(id: number, kind: string, trigger: number, value: object): void {
    if (kind === "PROMISE") return;
    const name = nameOfResource(kind);
    const isOwned = owned.getStore() === this;
    if (name === undefined && !isOwned) return;
    const frames = currentFrames();
    const own = frames.find((frame) => this.#isOwn(frame));
    if (!isOwned && own === undefined) return;
    const frame = own ?? this.#frames.get(trigger);
    if (frame !== undefined) this.#frames.set(id, frame);
    if (name === undefined) return;
    const asker = frames.find((line) => !isMiddleman.test(line));
    this.#open.set(id, { name, value, frame, isDirect: asker !== undefined && asker === own });
  }

  #forget(id: number): void {
    this.#frames.delete(id);
    if (this.#open.delete(id)) this.#onEnd?.();
  }

  #isOwn(frame: string): boolean {
    return this.#folder.some((folder) => frame.includes(folder)) && !/[\\/]node_modules[\\/]/.test(frame);
  }

  #counting(): readonly Resource[] {
    return [...this.#open.values()].filter(({ value, isDirect }) => value.hasRef?.() !== false || isDirect);
  }
}

/** Node.js' own frames between who asks for a timer or a watcher and its making. */
const isMiddleman = /\(?node:(?:internal\/)?(?:async_hooks|timers|fs)\b/;

function currentFrames(): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = maxFrames;
  const { stack = "" } = new Error("here");
  Error.stackTraceLimit = stackTraceLimit;
  return stack.split("\n").filter((line) => /^\s+at /.test(line) && !line.includes(import.meta.url));
}

function placeOf(frame: string, mapStack: (error: Error) => string): string {
  const error = new Error("place");
  error.stack = `Error: place\n${frame}`;
  const place = /\(?((?:file:\/\/|[A-Za-z]:\\|\/)[^()]*?)(:\d+)?(:\d+)\)?$/.exec(mapStack(error));
  return place === null ? frame.trim() : `${displayPath(place[1]!)}${place[2] ?? ""}`;
}
