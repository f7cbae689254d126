import type { Generation } from "./generation.ts";

/** The generations that are out of service and have not ended yet. */
export class EndingGenerations {
  readonly #endings = new Map<Generation, Promise<void>>();
  readonly #onEnd: (generation: Generation) => void;

  /** @param onEnd Called when one has ended, before who ended it is told. */
  constructor(onEnd: (generation: Generation) => void) {
    this.#onEnd = onEnd;
  }

  [Symbol.iterator](): Iterator<Generation> {
    return this.#endings.keys();
  }

  /** Whether a generation of this plugin has not ended yet. */
  has(name: string): boolean {
    for (const generation of this.#endings.keys()) if (generation.name === name) return true;
    return false;
  }

  /**
   * Ends generations side by side, `onEnd` after each. Resolves when those that were idle have ended; busy ones end in
   * the background. Never rejects.
   *
   * @param generations Dependencies before what stands on them.
   */
  async endAll(generations: readonly Generation[], onEnd: (generation: Generation) => void): Promise<void> {
    // All of them are told before the first one ends, and what stands on another ends first.
    const dependentsFirst = generations.toReversed();
    for (const generation of dependentsFirst) generation.retire();
    const idle = new Set<Generation>();
    for (const generation of dependentsFirst) {
      if (!generation.isBusy && generation.endsAfter.every((dependent) => idle.has(dependent))) idle.add(generation);
      this.#endings.set(generation, this.#end(generation, onEnd));
    }
    await Promise.all([...idle].map((generation) => generation.end()));
  }

  /** Resolves when all of them have ended. */
  async settled(): Promise<void> {
    while (this.#endings.size > 0) await Promise.all(this.#endings.values());
  }

  async #end(generation: Generation, onEnd: (generation: Generation) => void): Promise<void> {
    await generation.end();
    this.#endings.delete(generation);
    this.#onEnd(generation);
    onEnd(generation);
  }
}
