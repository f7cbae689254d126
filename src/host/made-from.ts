import { util } from "../kernel/lazy-require.ts";
import type { PlanEntry } from "../plan/plan.ts";

/** Whether a generation made from one plan entry would be the same made from the other, but for its files. */
export function isMadeFrom(before: PlanEntry, now: PlanEntry): boolean {
  if (before === now) return true;
  return (
    before.manifest?.text === now.manifest?.text &&
    util().isDeepStrictEqual(before.config, now.config) &&
    util().isDeepStrictEqual(targetOf(before), targetOf(now))
  );
}

function targetOf({ selected: { target } }: PlanEntry): unknown {
  return target?.kind === "folder" ? target.plugin.realPath : target?.module;
}
