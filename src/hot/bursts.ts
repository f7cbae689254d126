/** A burst that never pauses is handed on after this long. */
const maxWaitMs = 1_000;

/**
 * Gathers values that come in bursts: hands them on when none has come for a while, and at the latest a second after the
 * first one. Its timers do not keep the process alive.
 */
export class Bursts<T> {
  readonly #debounceMs: number;
  readonly #onBurst: () => void;
  #values = new Set<T>();
  #startedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** @param onBurst Called when a burst has ended; {@link take} gives what it held. */
  constructor(debounceMs: number, onBurst: () => void) {
    this.#debounceMs = debounceMs;
    this.#onBurst = onBurst;
  }

  add(value: T): void {
    if (this.#isStopped) return;
    const now = Date.now();
    if (this.#values.size === 0) this.#startedAtMs = now;
    this.#values.add(value);
    clearTimeout(this.#timer);
    const waitMs = Math.max(0, Math.min(this.#debounceMs, this.#startedAtMs + maxWaitMs - now));
    this.#timer = setTimeout(this.#onBurst, waitMs);
    this.#timer.unref();
  }

  /** Hands on nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.take();
  }

  /** What has come since the last call. The burst begins anew. */
  take(): ReadonlySet<T> {
    clearTimeout(this.#timer);
    const values = this.#values;
    this.#values = new Set();
    return values;
  }
}
