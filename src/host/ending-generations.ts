import type { Generation } from "./generation.ts";

/** The generations that are out of service and have not ended yet. */
export class EndingGenerations {
  readonly #endings = new Set<Promise<void>>();

  /**
   * Ends generations side by side, `onEnd` after each. Resolves when those that were idle have ended; busy ones end in
   * the background. Never rejects.
   */
  async endAll(generations: readonly Generation[], onEnd: (generation: Generation) => void): Promise<void> {
    const idle = generations.filter((generation) => generation.isIdle);
    // All of them are told before the first one ends.
    for (const generation of generations) generation.retire();
    for (const generation of generations) {
      const ending = this.#follow(generation, onEnd).finally(() => this.#endings.delete(ending));
      this.#endings.add(ending);
    }
    await Promise.all(idle.map((generation) => generation.end()));
  }

  async #follow(generation: Generation, onEnd: (generation: Generation) => void): Promise<void> {
    await generation.end();
    onEnd(generation);
  }

  /** Resolves when all of them have ended. */
  async settled(): Promise<void> {
    while (this.#endings.size > 0) await Promise.all(this.#endings);
  }
}
