import type { OwnedTimers } from "../engine/engine.ts";

type Timer = NodeJS.Timeout | NodeJS.Immediate;
type Callback = (...values: unknown[]) => void;

/** `util.promisify.custom`, which Node.js registers under this name. */
const promisified: unique symbol = Symbol.for("nodejs.util.promisify.custom");
const sweepAfter = 64;

/**
 * The timers of one generation: what its files get as `setTimeout`, `setInterval` and `setImmediate`.
 * Node.js' own `clear…` functions work on them, and `util.promisify` too. They are held weakly: Node.js itself keeps a
 * timer that is still due, and one that is not due any more need not be remembered.
 */
export class TimerOwner {
  readonly timers: OwnedTimers;
  #running = new Set<WeakRef<Timer>>();
  #sweepAt = sweepAfter;
  #closed = false;
  #heir: TimerOwner | undefined;

  /** @param onThrow Called before an exception of a callback goes on to become Node.js' `uncaughtException`. */
  constructor(onThrow: (error: unknown) => void) {
    const guarded = (callback: Callback): Callback =>
      // As in Node.js, `this` is the timer.
      function (this: unknown, ...values) {
        try {
          Reflect.apply(callback, this, values);
        } catch (error) {
          onThrow(error);
          throw error;
        }
      };
    const owned =
      <Rest extends unknown[], T extends Timer>(start: (callback: Callback, ...rest: Rest) => T) =>
      (callback: Callback, ...rest: Rest): T =>
        // Anything but a function is left to Node.js, which says what is wrong with it.
        this.#own(start(typeof callback === "function" ? guarded(callback) : callback, ...rest));
    this.timers = {
      setTimeout: Object.assign(owned(setTimeout), { [promisified]: this.#promisifiedTimeout }),
      setInterval: owned(setInterval),
      setImmediate: Object.assign(owned(setImmediate), { [promisified]: this.#promisifiedImmediate }),
    } as unknown as OwnedTimers;
  }

  /** Has the timers that are started from now on, through the same functions, belong to `owner`. */
  handTo(owner: TimerOwner): void {
    this.#heir = owner === this ? undefined : owner;
  }

  /** Stops every timer that is due. New ones may still be started. */
  clear(): void {
    for (const reference of this.#running) {
      const timer = reference.deref();
      if (timer !== undefined) stop(timer);
    }
    this.#running.clear();
  }

  /** Stops every timer that is due; one that is started afterwards never fires. */
  close(): void {
    this.clear();
    this.#closed = true;
  }

  #own<T extends Timer>(timer: T): T {
    if (this.#heir !== undefined) return this.#heir.#own(timer);
    if (this.#closed) {
      stop(timer);
      return timer;
    }
    if (this.#running.size >= this.#sweepAt) this.#sweep();
    this.#running.add(new WeakRef(timer));
    return timer;
  }

  #sweep(): void {
    for (const reference of this.#running) if (reference.deref() === undefined) this.#running.delete(reference);
    this.#sweepAt = Math.max(sweepAfter, this.#running.size * 2);
  }

  readonly #promisifiedTimeout = (delayMs?: number, value?: unknown, options?: TimerOptions): Promise<unknown> =>
    awaited((resolve) => this.timers.setTimeout(resolve, delayMs, value), options);

  readonly #promisifiedImmediate = (value?: unknown, options?: TimerOptions): Promise<unknown> =>
    awaited((resolve) => this.timers.setImmediate(resolve, value), options);
}

interface TimerOptions {
  readonly ref?: boolean;
  readonly signal?: AbortSignal;
}

/** As `timers/promises` has it, but on an owned timer: when its owner ends, the promise never settles. */
function awaited(start: (resolve: (value: unknown) => void) => Timer, options: TimerOptions = {}): Promise<unknown> {
  const { ref = true, signal } = options;
  return new Promise((resolve, reject) => {
    const abortError = (): Error =>
      Object.assign(new Error("The operation was aborted", { cause: signal?.reason }), {
        name: "AbortError",
        code: "ABORT_ERR",
      });
    if (signal?.aborted === true) return reject(abortError());
    const onAbort = (): void => {
      stop(timer);
      reject(abortError());
    };
    const timer = start((value) => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    });
    if (!ref) timer.unref();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function stop(timer: Timer): void {
  if ("refresh" in timer) clearTimeout(timer);
  else clearImmediate(timer);
}
