import type { RunningPlugin, RunningPlugins } from "../plan/diff-plan.ts";
import type { Generation } from "./generation.ts";

const alone: RunningPlugin = { dependencies: [], required: [] };

/** The generations in service as the plan's functions see them: nothing is made of those that are not asked for. */
export class RunningGenerations implements RunningPlugins {
  readonly #generations: ReadonlyMap<string, Generation>;

  constructor(generations: ReadonlyMap<string, Generation>) {
    this.#generations = generations;
  }

  get size(): number {
    return this.#generations.size;
  }

  has(name: string): boolean {
    return this.#generations.has(name);
  }

  keys(): Iterable<string> {
    return this.#generations.keys();
  }

  get(name: string): RunningPlugin | undefined {
    const generation = this.#generations.get(name);
    return generation === undefined ? undefined : asPlugin(generation);
  }
}

function asPlugin({ dependencies, entry }: Generation): RunningPlugin {
  return dependencies.size === 0 ? alone : { dependencies: [...dependencies.keys()], required: entry.required };
}
