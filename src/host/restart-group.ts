import type { Plan } from "../plan/plan.ts";
import type { Generation } from "./generation.ts";

/** The attempts of a change that have to do with a plugin that restarts. */
export interface RestartGroup {
  /** The plugins in service that go out first: those that restart and what stands on them, dependencies first. */
  readonly out: ReadonlySet<string>;
  /** The attempts that come after that: their successors, and what else depends on those. */
  readonly later: ReadonlySet<string>;
}

/**
 * Finds what restarts in a change: a plugin that says so in its old or its new metadata, since either may hold
 * something exclusive.
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
    const entry = plan.entries.get(name);
    const current = inService.get(name);
    const restarts = current?.entry.manifest?.reload === "restart" || entry?.manifest?.reload === "restart";
    const standsOnOne = [...(current?.dependencies.keys() ?? [])].some((dependency) => out.has(dependency));
    if (current !== undefined && (restarts || standsOnOne)) out.add(name);
    const needsLater = entry?.dependencies.some((dependency) => later.has(dependency)) === true;
    if (out.has(name) || needsLater) later.add(name);
  }
  return { out, later };
}
