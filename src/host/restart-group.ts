import type { Plan, PlanEntry } from "../plan/plan.ts";
import type { Generation } from "./generation.ts";

/** The attempts of a change that have to do with a plugin that restarts. */
export interface RestartGroup {
  /** The plugins in service that go out first: those that restart, and what stands on them. */
  readonly out: ReadonlySet<string>;
  /** The attempts that come after that: their successors, and what else depends on those. */
  readonly later: ReadonlySet<string>;
}

/**
 * Finds what restarts in a change: a plugin that says so in its old or its new metadata, since either may hold
 * something exclusive; with everything in service that stands on it, also what is not attempted because it ends anyway.
 */
export function restartGroup(
  attempts: readonly string[],
  plan: Plan,
  inService: ReadonlyMap<string, Generation>,
): RestartGroup {
  const out = new Set<string>();
  const later = new Set<string>();
  if (inService.size === 0) return { out, later };
  for (const name of attempts) {
    const current = inService.get(name);
    if (current !== undefined && (restarts(current.entry) || restarts(plan.entries.get(name)))) out.add(name);
  }
  if (out.size === 0) return { out, later };
  for (let before = 0; before < out.size;) {
    before = out.size;
    for (const [name, { dependencies }] of inService) {
      if ([...dependencies.keys()].some((dependency) => out.has(dependency))) out.add(name);
    }
  }
  for (const name of attempts) {
    const needsLater = plan.entries.get(name)?.dependencies.some((dependency) => later.has(dependency)) === true;
    if (out.has(name) || needsLater) later.add(name);
  }
  return { out, later };
}

function restarts(entry: PlanEntry | undefined): boolean {
  return entry?.manifest?.reload === "restart";
}
