import type { PlugoError, PlugoErrorCode } from "../kernel/plugo-error.ts";
import type { RunningPlugins, Steps } from "../plan/diff-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { ChangeResult } from "./change.ts";

/**
 * Whether what a pass has done can call for more: a start that a neighbour took with it, dependents of an optional
 * dependency that has come or gone, or what a replaced generation had pulled in. Most changes do not, and then nothing
 * is selected and planned twice.
 *
 * @param among When what runs was equal to the plan before: the plugins that have been looked at.
 */
export function mayNeedAnotherPass(
  plan: Plan,
  { attempts }: Steps,
  { problems, stop, swapIn }: ChangeResult,
  running: RunningPlugins,
  among: ReadonlySet<string> | undefined,
): boolean {
  if (attempts.length === 0) return false;
  if (problems.size > 0) return true;
  // At the first load nothing stands on what was there before.
  if (running.size === 0) return false;
  if (stop.size > 0 || [...swapIn.keys()].some((name) => !running.has(name))) return true;
  // What was pulled in stays so while the plan is the same.
  for (const { selected } of among === undefined ? plan.entries.values() : []) {
    if (selected.source === "dependency") return true;
  }
  return false;
}

/** Whether a plugin failed only because a neighbour's next generation did: it could start well beside those in service. */
export function isNeighboursFault(problem: PlugoError | undefined): boolean {
  return problem !== undefined && neighboursFaults.has(problem.code);
}

const neighboursFaults: ReadonlySet<PlugoErrorCode> = new Set<PlugoErrorCode>([
  "PLUGO_NOT_SWAPPED",
  "PLUGO_DEPENDENCY_FAILED",
]);
