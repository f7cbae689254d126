import { findDependents } from "../kernel/graph.ts";
import type { Plan, PlanEntry } from "./plan.ts";

/** What a generation in service stands on. */
export interface RunningPlugin {
  /** The dependencies it was activated with, optional ones too. */
  readonly dependencies: readonly string[];
  /** Those among them without which it cannot run. */
  readonly required: readonly string[];
}

/** What runs, by name: a map, or what can be read like one. */
export interface RunningPlugins {
  readonly size: number;
  has(name: string): boolean;
  get(name: string): RunningPlugin | undefined;
  keys(): Iterable<string>;
}

/** What must happen so that what runs becomes what is planned. */
export interface Steps {
  /** The plugins that get a new generation, in plan order: dependencies first. */
  readonly attempts: readonly string[];
  /** The plugins in service that nothing wants any more. */
  readonly unwanted: ReadonlySet<string>;
  /** The plugins in service that are wanted, but that the plan says cannot run as they are now on disk. */
  readonly failing: ReadonlySet<string>;
  /** The plugins in service that are still out of date, and wait for a change of their own or of a neighbour. */
  readonly held: ReadonlySet<string>;
  /** The plugins that would be attempted, and wait for one that is held back and that they are connected with. */
  readonly waiting: ReadonlySet<string>;
}

/** What is known about single plugins, beyond the plan. */
export interface PluginFacts {
  /** Whether the generation in service was made from something else than what is there now. */
  readonly isOutdated: (name: string) => boolean;
  /** Whether the latest attempt came to nothing, and the plugin is not part of what changed now. */
  readonly hasFailed: (name: string) => boolean;
  /** The plugins that are not attempted now, whatever speaks for it: their change follows. */
  readonly heldBack: ReadonlySet<string>;
}

/**
 * Compares the plan with what runs. A plugin gets a new generation when it is out of date, when a dependency gets one,
 * or when the set of dependencies it can have has changed.
 *
 * @param among When what runs has been made equal to this very plan before: the only plugins that may have changed since.
 */
export function diffPlan(plan: Plan, running: RunningPlugins, facts: PluginFacts, among?: ReadonlySet<string>): Steps {
  const unwanted = new Set<string>();
  const failing = new Set<string>();
  for (const name of among === undefined ? running.keys() : []) {
    const status = plan.entries.get(name)?.status ?? "disabled";
    if (status === "disabled") unwanted.add(name);
    else if (status !== "ready") failing.add(name);
  }

  const affected = among === undefined ? undefined : withDependents(among, plan);
  const attempts = new Set<string>();
  const held = new Set<string>();
  const joined = new Set<string>();
  const waiting = new Set<string>();
  do {
    attempts.clear();
    held.clear();
    plan.order.forEach((name) => {
      if (affected?.has(name) === false) return;
      const entry = plan.entries.get(name);
      if (entry !== undefined) decide(entry);
    });
  } while (joinNeighbours() || waitForNeighbours());
  return { attempts: [...attempts], unwanted, failing, held, waiting };

  function decide(entry: PlanEntry): void {
    const { name, dependencies } = entry;
    const current = running.get(name);
    // What cannot run before another has started comes after it.
    const needsLater = entry.required.some((dependency) => isLater(dependency) && !running.has(dependency));
    if (needsLater && !isLater(name)) waiting.add(name);
    if (isLater(name)) {
      if (current !== undefined) held.add(name);
      return;
    }
    if (dependencies.length === 0 && current === undefined) {
      if (!facts.hasFailed(name)) attempts.add(name);
      return;
    }
    const isRemade = dependencies.some((dependency) => attempts.has(dependency) && running.has(dependency));
    if (current === undefined) {
      const isPossible = entry.required.every((dependency) => attempts.has(dependency) || isKept(dependency));
      const isWorthIt = dependencies.some((dependency) => attempts.has(dependency)) || !facts.hasFailed(name);
      if (isPossible && isWorthIt) attempts.add(name);
    } else if (isRemade || joined.has(name)) {
      attempts.add(name);
    } else if (facts.isOutdated(name) || haveChanged(entry, current)) {
      if (facts.hasFailed(name)) held.add(name);
      else attempts.add(name);
    }
  }

  /** A dependency that only starts now counts when it runs: its dependents follow in the next pass. */
  function haveChanged(entry: PlanEntry, { dependencies }: RunningPlugin): boolean {
    if (entry.dependencies.length + dependencies.length === 0) return false;
    const available = entry.dependencies.filter(isKept);
    return available.length !== dependencies.length || !available.every((name) => dependencies.includes(name));
  }

  function isKept(name: string): boolean {
    return running.has(name) && !unwanted.has(name);
  }

  /**
   * What is held joins when a plugin in service that stands on it is attempted; its own dependents follow by
   * themselves. A plugin that only starts is activated with the generation in service.
   */
  function joinNeighbours(): boolean {
    if (held.size === 0) return false;
    const before = joined.size;
    for (const name of attempts) {
      for (const dependency of running.get(name)?.dependencies ?? []) {
        if (held.has(dependency) && !isLater(dependency)) joined.add(dependency);
      }
    }
    return joined.size > before;
  }

  function isLater(name: string): boolean {
    return facts.heldBack.size > 0 && (waiting.has(name) || facts.heldBack.has(name));
  }

  /**
   * What stands on each other is replaced together, and so waits for what is held back. What only starts would be made
   * twice.
   */
  function waitForNeighbours(): boolean {
    if (facts.heldBack.size === 0) return false;
    const before = waiting.size;
    for (const name of [...facts.heldBack, ...waiting]) {
      for (const dependency of running.get(name)?.dependencies ?? []) {
        if (attempts.has(dependency) && running.has(dependency)) waiting.add(dependency);
      }
    }
    for (const name of attempts) {
      if (plan.entries.get(name)!.dependencies.some(isLater)) waiting.add(name);
    }
    return waiting.size > before;
  }
}

const dependentsOf = new WeakMap<Plan, ReadonlyMap<string, readonly string[]>>();

function withDependents(names: ReadonlySet<string>, plan: Plan): ReadonlySet<string> {
  let dependents = dependentsOf.get(plan);
  if (dependents === undefined) {
    dependents = findDependents(plan.entries.keys(), (name) => plan.entries.get(name)!.dependencies);
    dependentsOf.set(plan, dependents);
  }
  const all = new Set(names);
  // A set yields what is added while it is walked.
  for (const name of all) for (const dependent of dependents.get(name) ?? []) all.add(dependent);
  return all;
}
