import type { PerformanceObserver as Observer } from "node:perf_hooks";
import { lazyRequire } from "../kernel/lazy-require.ts";

const performanceHooks = lazyRequire<typeof import("node:perf_hooks")>("node:perf_hooks");

/**
 * Knows when V8 has had every occasion to collect what was let go at a certain time. From one major collection to the
 * next it holds an object of its own, a probe, and then lets it go. Who was let go before two probes were made that
 * have been collected since, and has not been collected, is held by something. It never asks for a collection, and
 * keeps neither the process nor anything else alive.
 */
export class MajorCollections {
  readonly #onCollection: () => void;
  readonly #probes = new FinalizationRegistry<number>((number) => this.#note(number));
  #observer: Observer | undefined;
  #probe: object | undefined;
  #made = 0;
  /** The numbers of the two newest probes that were collected, the older one first. */
  #collected: readonly [number, number] = [0, 0];
  /** The same as it was one collection ago: by now everything that went with them is known. */
  #settled = 0;

  /** @param onCollection Called after each major collection while it runs. */
  constructor(onCollection: () => void) {
    this.#onCollection = onCollection;
  }

  /** The present time, for {@link isOverdue}. Starts to observe, if it does not yet. */
  now(): number {
    if (this.#observer === undefined) {
      const { PerformanceObserver, constants } = performanceHooks();
      this.#observer = new PerformanceObserver((list) => {
        const isMajor = list
          .getEntries()
          .some(
            (entry) => (entry as { detail?: { kind?: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR,
          );
        if (isMajor) this.#next();
      });
      this.#observer.observe({ entryTypes: ["gc"] });
      this.#renewProbe();
    }
    return this.#made;
  }

  /** Whether what was let go at that time should have been collected. */
  isOverdue(time: number): boolean {
    return this.#settled > time;
  }

  /** Stops to observe; {@link now} starts anew. */
  pause(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#probe = undefined;
  }

  #next(): void {
    this.#onCollection();
    if (this.#observer === undefined) return;
    [this.#settled] = this.#collected;
    this.#renewProbe();
  }

  #renewProbe(): void {
    this.#made += 1;
    this.#probe = {};
    this.#probes.register(this.#probe, this.#made);
  }

  #note(number: number): void {
    const [older, newer] = this.#collected;
    if (number > newer) this.#collected = [newer, number];
    else if (number > older) this.#collected = [number, newer];
  }
}
