import type { PlugoError } from "../kernel/plugo-error.ts";
import { declaredDependents } from "../plan/declared-dependents.ts";
import type { PlanEntry } from "../plan/plan.ts";
import type { ListJson, PluginJson, ProblemJson } from "./json-shapes.ts";
import { missingModule } from "./missing-module.ts";
import type { ProjectPlan } from "./read-plan.ts";

/** What is known of plugins beyond the plan: what their files came to, and how long they took. */
export interface Findings {
  readonly problems: ReadonlyMap<string, PlugoError>;
  readonly loadMs: ReadonlyMap<string, number>;
}

/** Every plugin of a plan, and what is wrong beside them, as scripts read it. */
export function describePlugins({ project, plan, inputs }: ProjectPlan, findings: Findings = none): ListJson {
  const dependents = declaredDependents(plan);
  const plugins = Array.from(plan.entries.values(), (entry) => {
    const found = findings.problems.get(entry.name) ?? missingModule(entry, plan);
    return describe(entry, dependents.get(entry.name), found, findings.loadMs.get(entry.name));
  });
  const shown = new Set(plugins.map(({ problem }) => problem?.message));
  const problems = [...inputs.problems, ...plan.problems].map(problemJson);
  return { project, plugins, problems: problems.filter(({ message }) => !shown.has(message)) };
}

export function problemJson({ code, message, remedy, plugin }: PlugoError): ProblemJson {
  return { code, message, remedy, ...(plugin === undefined ? {} : { plugin }) };
}

const none: Findings = { problems: new Map(), loadMs: new Map() };

function describe(
  entry: PlanEntry,
  dependents: readonly string[] = [],
  found: PlugoError | undefined,
  loadMs: number | undefined,
): PluginJson {
  const { name, manifest, selected } = entry;
  const problem = found ?? entry.problem;
  const named = (optional: boolean): string[] =>
    (manifest?.dependencies ?? []).filter((other) => other.optional === optional).map((other) => other.name);
  return {
    name,
    version: manifest?.version ?? null,
    phase: found === undefined ? entry.status : phaseOf(found),
    source: selected.source,
    reason: selected.reason,
    where: selected.where,
    path: pathOf(entry),
    dependencies: named(false),
    optionalDependencies: named(true),
    dependents,
    problem: problem === null ? null : { code: problem.code, message: problem.message, remedy: problem.remedy },
    loadMs: loadMs ?? null,
  };
}

function phaseOf({ code }: PlugoError): "blocked" | "failed" {
  return code === "PLUGO_DEPENDENCY_FAILED" ? "blocked" : "failed";
}

function pathOf({ selected: { target } }: PlanEntry): string | null {
  if (target === undefined) return null;
  return target.kind === "folder" ? target.plugin.path : target.module.modulePath;
}
