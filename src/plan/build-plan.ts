import { displayPath } from "../kernel/display-path.ts";
import { cyclesThrough, findCyclicGroups, orderByDependencies } from "../kernel/graph.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Dependency, Manifest } from "../manifest/manifest.ts";
import { applyConfigSchema } from "../manifest/plugin-config.ts";
import { moduleManifest } from "../manifest/resolve-manifest.ts";
import { cleanVersion, meetsRange } from "../manifest/semver-range.ts";
import type { Selected, Selection } from "../sources/source.ts";
import { blockedBy, blockedByDisabled, blockedByMissing } from "./blocked-by.ts";
import type { Plan, PlanEntry } from "./plan.ts";

/**
 * Orders a selection by dependencies and says of every plugin that cannot run why. A fault reaches only the plugin that
 * has it and those that need it. Of several faults of one plugin the first counts: its metadata, a cycle, its config,
 * the application's version, then its dependencies in the order they are declared.
 *
 * @param options.coreVersion The application's version; when it is `undefined` or no version, ranges for it are not
 * checked.
 */
export function buildPlan(selection: Selection, options: { readonly coreVersion: string | undefined }): Plan {
  const drafts = new Map<string, Draft>();
  // Most plugins depend on nothing: only the others can be in a cycle, or be blocked.
  const depending: string[] = [];
  selection.plugins.forEach((selected, name) => {
    const draft = draftOf(selected);
    drafts.set(name, draft);
    if (hasDependencies(draft.manifest)) depending.push(name);
  });
  if (depending.length > 0) failCycles(depending, drafts);
  checkAlone(drafts, options.coreVersion);
  if (depending.length > 0) blockDependents(depending, drafts);

  const ready: string[] = [];
  const others: string[] = [];
  const problems = [...selection.problems];
  drafts.forEach(({ status, problem }, name) => {
    (status === "ready" ? ready : others).push(name);
    if (problem !== null) problems.push(problem);
  });
  const connections = connect(depending, drafts);
  const order = orderByDependencies(ready, (name) => connections.get(name) ?? noNames);
  const entries = new Map<string, PlanEntry>();
  [...order, ...others].forEach((name) => {
    const draft = drafts.get(name);
    if (draft !== undefined) entries.set(name, entryOf(draft, connections.get(name) ?? noNames));
  });
  return Object.freeze({ entries, order: Object.freeze(order), problems: Object.freeze(problems) });
}

/** An entry while it is being decided. */
interface Draft {
  readonly selected: Selected;
  readonly manifest: Manifest | undefined;
  status: PlanEntry["status"];
  problem: PlugoError | null;
  config: Readonly<Record<string, unknown>>;
}

const noNames: readonly string[] = Object.freeze([]);
const noConfig: Readonly<Record<string, unknown>> = Object.freeze({});

function draftOf(selected: Selected): Draft {
  const { name, target } = selected;
  const found = target?.kind === "folder" ? target.plugin.manifest : undefined;
  const problem = selected.problem ?? (found instanceof Error ? found : null);
  const manifest = target?.kind === "module" ? moduleManifest(name, target.module.modulePath) : readable(found);
  const config = selected.config ?? noConfig;
  if (!selected.wanted) return { selected, manifest, status: "disabled", problem: null, config };
  return { selected, manifest, status: problem === null ? "ready" : "failed", problem, config };
}

function hasDependencies(manifest: Manifest | undefined): boolean {
  return manifest !== undefined && manifest.dependencies.length > 0;
}

function readable(manifest: Manifest | PlugoError | undefined): Manifest | undefined {
  return manifest instanceof Error ? undefined : manifest;
}

function fail(draft: Draft, status: "failed" | "blocked", problem: PlugoError): void {
  draft.status = status;
  draft.problem = problem;
}

function failCycles(depending: readonly string[], drafts: ReadonlyMap<string, Draft>): void {
  const required = (name: string): readonly string[] => requiredNames(drafts.get(name), drafts);
  for (const group of findCyclicGroups(depending, required)) {
    for (const [name, path] of cyclesThrough(group, required)) {
      const draft = drafts.get(name);
      if (draft !== undefined) fail(draft, "failed", cycleProblem(name, path));
    }
  }
}

/** The wanted plugins that a plugin cannot run without, as far as they are known. */
function requiredNames(draft: Draft | undefined, drafts: ReadonlyMap<string, Draft>): readonly string[] {
  if (draft?.status !== "ready" || !hasDependencies(draft.manifest)) return noNames;
  const required = (draft.manifest?.dependencies ?? noDependencies).filter((dependency) => !dependency.optional);
  return required.map((dependency) => dependency.name).filter((name) => drafts.get(name)?.status === "ready");
}

function cycleProblem(plugin: string, whole: readonly string[]): PlugoError {
  const omitted = whole.length - 2 * shownAtEachEnd;
  const path =
    omitted <= 1 ? whole : [...whole.slice(0, shownAtEachEnd), `(${omitted} more)`, ...whole.slice(-shownAtEachEnd)];
  return plugoError("PLUGO_CYCLE", { path }, { plugin });
}

/** A circle of thousands would otherwise make thousands of messages of that length. */
const shownAtEachEnd = 50;

/** What can be said of a plugin without looking at others. */
function checkAlone(drafts: ReadonlyMap<string, Draft>, coreVersion: string | undefined): void {
  const core = coreVersion === undefined ? null : cleanVersion(coreVersion);
  drafts.forEach((draft) => {
    const { selected, manifest } = draft;
    if (draft.status !== "ready" || manifest === undefined) return;
    const result = applyConfigSchema(manifest, selected.config, selected.configWhere ?? selected.where);
    if ("problem" in result) return fail(draft, "failed", result.problem);
    draft.config = result.config;
    const range = manifest.coreVersion;
    if (core === null || range === null || meetsRange(core, range)) return;
    const facts = { name: selected.name, range, actual: core, file: displayPath(manifest.file) };
    fail(draft, "blocked", plugoError("PLUGO_CORE_VERSION", facts, { plugin: selected.name }));
  });
}

/** Dependencies first, so that each plugin sees what its dependencies have come to. */
function blockDependents(depending: readonly string[], drafts: ReadonlyMap<string, Draft>): void {
  const suggest = suggestions(drafts);
  for (const name of orderByDependencies(depending, (dependent) => requiredNames(drafts.get(dependent), drafts))) {
    const draft = drafts.get(name);
    if (draft?.status !== "ready" || draft.manifest === undefined) continue;
    const problem = dependencyProblem(draft.manifest, drafts, suggest);
    if (problem !== undefined) fail(draft, "blocked", problem);
  }
}

function dependencyProblem(
  manifest: Manifest,
  drafts: ReadonlyMap<string, Draft>,
  suggest: (name: string) => string | undefined,
): PlugoError | undefined {
  for (const dependency of manifest.dependencies) {
    if (dependency.optional) continue;
    const draft = drafts.get(dependency.name);
    if (draft === undefined) return blockedByMissing(manifest, dependency.name, suggest(dependency.name));
    if (draft.status === "disabled") return blockedByDisabled(manifest.name, draft.selected);
    if (draft.problem !== null) return blockedBy(manifest, dependency.name, draft.problem);
    if (!hasVersion(draft, dependency)) return versionProblem(manifest, dependency, draft);
  }
  return undefined;
}

/** A nearest name is sought among all names: a plan full of unknown ones must not make that quadratic. */
function suggestions(drafts: ReadonlyMap<string, Draft>): (name: string) => string | undefined {
  let left = 50;
  return (name) => {
    left -= 1;
    return left < 0 ? undefined : nearestName(name, drafts.keys());
  };
}

function hasVersion(draft: Draft, dependency: Dependency): boolean {
  return dependency.range === null || meetsRange(draft.manifest?.version ?? "0.0.0", dependency.range);
}

function versionProblem({ name, file }: Manifest, dependency: Dependency, draft: Draft): PlugoError {
  const facts = {
    name,
    dependency: dependency.name,
    range: dependency.range ?? "*",
    actual: draft.manifest?.version ?? "0.0.0",
    file: displayPath(file),
  };
  return plugoError("PLUGO_DEPENDENCY_VERSION", facts, { plugin: name });
}

/**
 * Each plugin's dependencies that are ready, in the order they are declared. An optional one counts as absent when its
 * version does not meet the range, and when the two would wait for each other: in a circle that only optional
 * dependencies close, those are passed over.
 */
function connect(
  depending: readonly string[],
  drafts: ReadonlyMap<string, Draft>,
): ReadonlyMap<string, readonly string[]> {
  const connections = new Map<string, readonly string[]>();
  const optional = new Map<string, ReadonlySet<string>>();
  for (const name of depending) {
    const usable = (drafts.get(name)?.manifest?.dependencies ?? noDependencies).filter((dependency) => {
      const other = drafts.get(dependency.name);
      return other?.status === "ready" && hasVersion(other, dependency);
    });
    connections.set(name, namesOf(usable));
    const optionals = usable.filter((dependency) => dependency.optional);
    if (optionals.length > 0) optional.set(name, new Set(namesOf(optionals)));
  }
  if (optional.size === 0) return connections;

  for (const group of findCyclicGroups(depending, (name) => connections.get(name) ?? noNames)) {
    const members = new Set(group);
    for (const name of group) {
      const passedOver = optional.get(name);
      const kept = connections.get(name)?.filter((other) => !passedOver?.has(other) || !members.has(other));
      connections.set(name, kept ?? []);
    }
  }
  return connections;
}

const noDependencies: readonly Dependency[] = Object.freeze([]);

function namesOf(dependencies: readonly Dependency[]): readonly string[] {
  return dependencies.map((dependency) => dependency.name);
}

function entryOf({ selected, manifest, status, problem, config }: Draft, connections: readonly string[]): PlanEntry {
  return Object.freeze({
    name: selected.name,
    selected,
    manifest,
    status,
    problem,
    dependencies: Object.freeze(connections),
    required: requiredAmong(connections, manifest),
    config,
  });
}

function requiredAmong(connections: readonly string[], manifest: Manifest | undefined): readonly string[] {
  if (connections.length === 0) return connections;
  const optionals = (manifest?.dependencies ?? noDependencies).filter((dependency) => dependency.optional);
  if (optionals.length === 0) return connections;
  const optional = new Set(namesOf(optionals));
  return Object.freeze(connections.filter((name) => !optional.has(name)));
}
