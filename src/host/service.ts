import { hasSwapSubscribers, publishSwap } from "./diagnostics.ts";
import type { Generation } from "./generation.ts";
import type { PluginPhases } from "./plugin-phases.ts";

/** The generations in service: the one mutable cell of the program, which a swap replaces as a whole. */
export class Service {
  readonly #phases: PluginPhases;
  readonly #listeners = new Set<() => void>();
  #generations: ReadonlyMap<string, Generation> = new Map();
  #returning: ReadonlySet<string> = none;
  #revision = 0;

  constructor(phases: PluginPhases) {
    this.#phases = phases;
  }

  /** By name, in plan order. */
  get generations(): ReadonlyMap<string, Generation> {
    return this.#generations;
  }

  /** Counts the swaps. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether a plugin is out for a restart, so that it may come back. */
  isReturning(name: string): boolean {
    return this.#returning.has(name);
  }

  has(generation: Generation): boolean {
    return this.#generations.get(generation.name) === generation;
  }

  /** Has `listener` called after every swap. It must not throw. */
  onSwap(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /**
   * One assignment, and then the word to those who want to know. Nothing happens when nothing differs.
   *
   * @param returning The plugins that are out for a restart.
   */
  swap(next: ReadonlyMap<string, Generation>, returning: ReadonlySet<string> = none): void {
    const before = this.#generations;
    const wereReturning = this.#returning;
    this.#returning = returning;
    if (isSameSequence(before, next)) {
      if (wereReturning.size > 0 || returning.size > 0) this.#tell();
      return;
    }
    this.#generations = next;
    this.#revision += 1;
    let position = 0;
    const moved: Generation[] = [];
    const others = before.values();
    next.forEach((generation) => {
      if (generation !== others.next().value) {
        generation.enterService(position);
        moved.push(generation);
        this.#phases.enter(generation.name, "active");
      }
      position += 1;
    });
    this.#tell();
    if (!hasSwapSubscribers()) return;
    const loaded = moved.filter((generation) => before.get(generation.name) !== generation).map(({ name }) => name);
    const areSame = before.size === next.size && loaded.every((name) => before.has(name));
    const stopped = areSame ? [] : [...before.keys()].filter((name) => !next.has(name));
    publishSwap({ revision: this.#revision, loaded, stopped });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Forgets who wanted to know. */
  close(): void {
    this.#listeners.clear();
  }
}

const none: ReadonlySet<string> = new Set();

function isSameSequence(before: ReadonlyMap<string, Generation>, next: ReadonlyMap<string, Generation>): boolean {
  if (before.size !== next.size) return false;
  const others = next.values();
  for (const generation of before.values()) if (generation !== others.next().value) return false;
  return true;
}
