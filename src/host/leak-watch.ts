import type { Engine } from "../engine/engine.ts";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Generation } from "./generation.ts";
import { findHolders } from "./likely-holder.ts";
import { MajorCollections } from "./major-collections.ts";
import { countResources, grownResources } from "./open-resources.ts";

/** What the watch has to see of its host. */
export interface LeakSurroundings {
  readonly context: object;
  readonly engine: Engine;
  readonly inService: () => ReadonlyMap<string, Generation>;
  /** Those that are out of service and have not ended. */
  readonly ending: Iterable<Generation>;
  readonly report: (problem: PlugoError) => void;
}

/** A generation that has ended. Nothing leads from here to anything of it. */
interface Ended {
  readonly id: string;
  readonly plugin: string;
  readonly number: number;
  readonly dependencies: readonly string[];
  readonly endedAt: number;
  /** The evaluated texts of those files that are still in memory, by path. */
  readonly texts: Map<string, string>;
}

/** V8 may keep the latest one of anything a while longer; what repeats is a leak. */
const fewest = 2;

/**
 * Reports each plugin whose ended generations stay in memory, once, with what is likely to hold them. It costs nothing
 * before the first generation ends, and would rather miss a leak than report one that is none.
 */
export class LeakWatch {
  readonly #surroundings: LeakSurroundings;
  readonly #ended = new Set<Ended>();
  readonly #reported = new Set<string>();
  /** The generations that those of reported plugins stood on, and keep with them. */
  readonly #keptByReported = new Set<string>();
  readonly #collections = new MajorCollections(() => this.#judge());
  readonly #anchors = new FinalizationRegistry<{ readonly ended: Ended; readonly path: string }>(({ ended, path }) => {
    ended.texts.delete(path);
    if (ended.texts.size > 0) return;
    this.#ended.delete(ended);
    this.#collected.set(ended.plugin, Math.max(ended.number, this.#collected.get(ended.plugin) ?? 0));
  });
  /** The newest generation of each plugin that has been collected. */
  readonly #collected = new Map<string, number>();
  #resourcesBefore: ReadonlyMap<string, number> | undefined;
  #closed = false;

  constructor(surroundings: LeakSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Takes note of a generation that has ended. One that never was in service may be kept by its own problem. */
  track(generation: Generation): void {
    if (this.#closed || !generation.hasServed) return;
    const dependencies = [...generation.dependencies.values()].map(idOf);
    if (this.#reported.has(generation.name)) return this.#excuse(dependencies);
    const anchors = generation.modules?.anchors() ?? [];
    if (anchors.length === 0) return;
    this.#resourcesBefore ??= countResources();
    const ended: Ended = {
      id: idOf(generation),
      plugin: generation.name,
      number: generation.number,
      dependencies,
      endedAt: this.#collections.now(),
      texts: new Map(anchors.map(({ path, text }) => [path, text])),
    };
    for (const { object, path } of anchors) this.#anchors.register(object, { ended, path });
    this.#ended.add(ended);
  }

  /** Forgets everything; what ends from now on is not watched. */
  close(): void {
    this.#closed = true;
    this.#ended.clear();
    this.#collections.pause();
  }

  #judge(): void {
    const overdue = [...this.#ended].filter(({ endedAt }) => this.#collections.isOverdue(endedAt));
    const excused = this.#excused(overdue);
    const leaks = groupByPlugin(overdue);
    for (const [plugin, all] of leaks) {
      // A leak holds one generation after the other; where a later one was collected, V8 is only late with the others.
      const newest = this.#collected.get(plugin) ?? 0;
      const leaked = all.filter(({ id, number }) => !excused.has(id) && number > newest);
      if (leaked.length >= fewest) this.#report(plugin, leaked);
    }
    if ([...this.#ended].every(({ endedAt }) => this.#collections.isOverdue(endedAt))) this.#collections.pause();
  }

  /** Those that another generation has a right to, and those that another plugin's leak keeps. */
  #excused(overdue: readonly Ended[]): ReadonlySet<string> {
    const excused = new Set(this.#keptByReported);
    const visit = (generation: Generation): void => {
      for (const dependency of generation.dependencies.values()) {
        const id = idOf(dependency);
        if (excused.has(id)) continue;
        excused.add(id);
        visit(dependency);
      }
    };
    for (const generation of this.#surroundings.inService().values()) visit(generation);
    for (const generation of this.#surroundings.ending) visit(generation);
    for (const { dependencies } of overdue) for (const id of dependencies) excused.add(id);
    return excused;
  }

  #excuse(ids: readonly string[]): void {
    for (const id of ids) this.#keptByReported.add(id);
  }

  #report(plugin: string, leaked: readonly Ended[]): void {
    const { context, engine, inService, report } = this.#surroundings;
    this.#reported.add(plugin);
    for (const ended of this.#ended) {
      if (ended.plugin !== plugin) continue;
      this.#ended.delete(ended);
      this.#excuse(ended.dependencies);
    }
    const current = new Map((inService().get(plugin)?.modules?.anchors() ?? []).map(({ path, text }) => [path, text]));
    const seen = findHolders({
      context,
      fewest: leaked.length,
      texts: leaked.flatMap(({ texts }) => [...texts]),
      current,
      mapStack: (error) => engine.mapStack(error),
      known: new WeakSet(),
    });
    const fewestResources = Math.max(1, leaked.length - 1);
    const holders = seen.length > 0 ? seen : grownResources(this.#resourcesBefore ?? new Map(), fewestResources);
    const paths = new Set(leaked.flatMap(({ texts }) => [...texts.keys()]));
    const facts = { name: plugin, alive: leaked.length, holders, files: [...paths].map(displayPath) };
    report(plugoError("PLUGO_GENERATION_LEAK", facts, { plugin }));
  }
}

function groupByPlugin(all: readonly Ended[]): ReadonlyMap<string, readonly Ended[]> {
  const groups = new Map<string, Ended[]>();
  for (const ended of all) {
    const group = groups.get(ended.plugin);
    if (group === undefined) groups.set(ended.plugin, [ended]);
    else group.push(ended);
  }
  return groups;
}

function idOf({ name, number }: Generation): string {
  return `${number} ${name}`;
}
