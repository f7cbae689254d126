import { findDependents } from "../kernel/graph.ts";
import type { Plan } from "./plan.ts";

/** The plugins that name each plugin as a dependency, whether or not they can run, in plan order. */
export function declaredDependents({ entries }: Plan): ReadonlyMap<string, readonly string[]> {
  return findDependents(entries.keys(), (name) =>
    (entries.get(name)!.manifest?.dependencies ?? []).map((dependency) => dependency.name),
  );
}
