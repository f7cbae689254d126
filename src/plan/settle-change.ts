import { findDependents } from "../kernel/graph.ts";
import type { RunningPlugins } from "./diff-plan.ts";

/** How one attempt at a new generation went. */
export interface AttemptOutcome {
  readonly ok: boolean;
  /** The dependencies that it was to be activated with. */
  readonly dependencies: readonly string[];
}

/** What comes of a change, once it is known which attempts went well. */
export interface Settlement {
  /** The attempts that are put in service, in plan order. */
  readonly swapIn: readonly string[];
  /** The attempts that went well, or were still to come, and are thrown away, each with the plugin that failed. */
  readonly thrownAway: ReadonlyMap<string, string>;
  /** The plugins in service that end without a successor. */
  readonly stop: ReadonlySet<string>;
}

/**
 * Decides what a change puts in service. A plugin that was running and failed keeps its old generation, and with it
 * everything that the old generation is connected with: new generations of its dependencies and dependents are thrown
 * away. A plugin that was not running takes nothing with it but its dependents. A plugin stops when nothing wants it,
 * or when something that it stands on stops.
 */
export function settleChange(
  attempts: ReadonlyMap<string, AttemptOutcome>,
  running: RunningPlugins,
  { unwanted, failing }: { readonly unwanted: ReadonlySet<string>; readonly failing: ReadonlySet<string> },
): Settlement {
  const standsOnUnwanted = withDependents(unwanted, running);
  let attemptedDependents: ReadonlyMap<string, readonly string[]> | undefined;
  const thrownAway = new Map<string, string>();
  const work: { readonly name: string; readonly because: string }[] = [];
  // What failed and stands on what nothing wants ends with it, or gives way to the successor of what it stands on.
  const ending = new Set(unwanted);
  const isAllWell = running.size === 0 || (failing.size === 0 && [...attempts.values()].every(({ ok }) => ok));
  for (const name of isAllWell ? [] : running.keys()) {
    const failed = failing.has(name) || attempts.get(name)?.ok === false;
    if (!failed) continue;
    if (standsOnUnwanted.has(name)) ending.add(name);
    else work.push({ name, because: name });
  }
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { name, because } = next;
    const keptDependencies = running.get(name)?.dependencies ?? [];
    const neighbours = [
      ...keptDependencies.filter((dependency) => running.has(dependency)),
      ...((attemptedDependents ??= dependentsAmong(attempts)).get(name) ?? []),
    ];
    for (const neighbour of neighbours) {
      if (attempts.get(neighbour)?.ok !== true || thrownAway.has(neighbour)) continue;
      thrownAway.set(neighbour, because);
      work.push({ name: neighbour, because });
    }
  }

  const swapIn: string[] = [];
  for (const [name, { ok }] of attempts) if (ok && !thrownAway.has(name)) swapIn.push(name);
  const stop = ending.size === 0 ? ending : withDependents(ending, running, new Set(swapIn));
  return { swapIn, thrownAway, stop };
}

/** The names and what requires them among the plugins in service, without those that have a successor. */
function withDependents(
  names: ReadonlySet<string>,
  running: RunningPlugins,
  replaced: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const result = new Set([...names].filter((name) => running.has(name)));
  if (result.size === 0) return result;
  const dependents = findDependents(running.keys(), (name) => running.get(name)!.required);
  // A set yields what is added while it is walked.
  for (const name of result) {
    for (const dependent of dependents.get(name) ?? []) if (!replaced.has(dependent)) result.add(dependent);
  }
  return result;
}

function dependentsAmong(attempts: ReadonlyMap<string, AttemptOutcome>): ReadonlyMap<string, readonly string[]> {
  return findDependents(attempts.keys(), (name) =>
    attempts.get(name)!.dependencies.filter((dependency) => attempts.has(dependency)),
  );
}
