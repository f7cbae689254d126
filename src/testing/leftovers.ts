import type { Engine } from "../engine/engine.ts";
import type { Generation } from "../host/generation.ts";
import { findHolders } from "../host/likely-holder.ts";
import { rememberReachable } from "../host/reachable-values.ts";
import { OwnedResources } from "./owned-resources.ts";
import { countRawRoutes, grownRawRoutes, type RawRoutes } from "./raw-routes.ts";

/** Handles end a moment after they were closed. */
const graceMs = 500;

/** What a plugin has left behind where it ran, compared with what was there before. */
export class Leftovers implements Disposable {
  readonly #context: object;
  readonly #resources: OwnedResources;
  readonly #known: WeakSet<object>;
  readonly #routes: RawRoutes;
  /** The evaluated texts of all generations, and those of the latest. */
  readonly #texts: (readonly [path: string, text: string])[] = [];
  #current: ReadonlyMap<string, string> = new Map();
  #mapStack: Engine["mapStack"] = (error) => String((error as Error).stack);

  /** @param folder The plugin's folder, with symbolic links resolved. */
  constructor(folder: string, context: object) {
    this.#context = context;
    this.#known = rememberReachable(context);
    this.#routes = countRawRoutes(context);
    this.#resources = new OwnedResources(folder);
  }

  /** Calls `start`; what it opens is the plugin's. */
  run<T>(start: () => Promise<T>): Promise<T> {
    return this.#resources.run(start);
  }

  /** Takes note of the code of a generation that is about to end. */
  note(generation: Generation | undefined): void {
    if (generation?.modules === undefined) return;
    const { modules, services } = generation;
    const texts = modules.anchors().map(({ path, text }) => [path, text] as const);
    this.#texts.push(...texts);
    this.#current = new Map(texts);
    this.#mapStack = (error) => services.engine.mapStack(error, modules);
  }

  /** One line for each thing; empty when nothing is left. */
  async find(): Promise<readonly string[]> {
    const mapStack = (error: Error): string => this.#mapStack(error);
    const resources = await this.#resources.left(graceMs, mapStack);
    const holders = findHolders({
      context: this.#context,
      fewest: 1,
      texts: this.#texts,
      current: this.#current,
      mapStack,
      known: this.#known,
    });
    return [...resources, ...holders, ...grownRawRoutes(this.#context, this.#routes)];
  }

  [Symbol.dispose](): void {
    this.#resources[Symbol.dispose]();
  }
}
