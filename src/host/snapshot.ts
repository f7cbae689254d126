import { declaredDependents } from "../plan/declared-dependents.ts";
import type { PlanEntry } from "../plan/plan.ts";
import type { HostSnapshot, PluginSnapshot } from "./plugin-host.ts";
import type { Reconciler } from "./reconciler.ts";

const noMetadata = Object.freeze({});
const noTimings = Object.freeze({ provisionMs: 0, loadMs: 0, activateMs: 0 });

/** How every plugin stands at this moment: frozen, JSON-safe, in plan order. */
export function takeSnapshot(reconciler: Reconciler): HostSnapshot {
  const { plan } = reconciler;
  const dependents = declaredDependents(plan);
  const plugins = [...plan.entries.values()].map((entry) => snapshotOf(entry, reconciler, dependents.get(entry.name)));
  return Object.freeze({ revision: reconciler.revision, plugins: Object.freeze(plugins) });
}

function snapshotOf(entry: PlanEntry, reconciler: Reconciler, dependents: readonly string[] = []): PluginSnapshot {
  const { name, selected, manifest } = entry;
  const generation = reconciler.inService.get(name);
  const problem = reconciler.problemOf(name);
  return Object.freeze({
    name,
    version: manifest?.version ?? "0.0.0",
    phase: reconciler.phaseOf(name),
    source: selected.source,
    reason: selected.reason,
    path: pathOf(entry),
    metadata: (generation?.entry.manifest ?? manifest)?.metadata ?? noMetadata,
    dependencies: Object.freeze((manifest?.dependencies ?? []).map((dependency) => dependency.name)),
    dependents: Object.freeze([...dependents]),
    generation: generation?.number ?? 0,
    problem:
      problem === null ? null : Object.freeze({ code: problem.code, message: problem.message, remedy: problem.remedy }),
    timings: generation === undefined ? noTimings : Object.freeze({ ...generation.timings }),
  });
}

function pathOf({ selected: { target } }: PlanEntry): string | null {
  if (target === undefined) return null;
  return target.kind === "folder" ? target.plugin.path : target.module.modulePath;
}
