import type { FileOwners } from "../engine/engine.ts";
import { resolveEntry, type ResolvedEntry } from "../engine/resolve-entry.ts";
import { directoryOwners } from "../host/directory-owners.ts";
import { aboutPlugin, describeThrown, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { blockedBy } from "../plan/blocked-by.ts";
import type { PlanEntry } from "../plan/plan.ts";
import type { ProjectPlan } from "./read-plan.ts";

/** A plugin that the plan would run, with where its code begins. */
export interface ReadyPlugin {
  readonly name: string;
  /** Its folder, with symbolic links resolved. */
  readonly folder: string;
  readonly entry: ResolvedEntry;
  readonly owners: FileOwners;
  /** Whether it declares this dependency. */
  readonly declares: (name: string) => boolean;
}

/** Says what is wrong with a plugin's files. */
export type Look = (plugin: ReadyPlugin) => PlugoError | undefined | Promise<PlugoError | undefined>;

/**
 * Looks at the plugins that the plan would run, dependencies first. One that needs what has a problem has one itself, as
 * when they are loaded. Modules that stand for plugins are passed over. Never rejects.
 */
export async function lookAtPlugins(
  { plan, inputs, options }: ProjectPlan,
  look: Look,
): Promise<ReadonlyMap<string, PlugoError>> {
  const owners = directoryOwners(options.directories, inputs.scan);
  const problems = new Map<string, PlugoError>();
  for (const name of plan.order) {
    const entry = plan.entries.get(name);
    if (entry === undefined) continue;
    const problem = blockedByAny(entry, problems) ?? (await lookAt(entry, owners, look));
    if (problem !== undefined) problems.set(name, aboutPlugin(problem, name));
  }
  return problems;
}

function blockedByAny(entry: PlanEntry, problems: ReadonlyMap<string, PlugoError>): PlugoError | undefined {
  for (const name of entry.required) {
    const cause = problems.get(name);
    if (cause !== undefined) return blockedBy(entry, name, cause);
  }
  return undefined;
}

async function lookAt(
  { name, manifest, selected: { target } }: PlanEntry,
  owners: FileOwners,
  look: Look,
): Promise<PlugoError | undefined> {
  if (target?.kind !== "folder") return undefined;
  const { path, realPath } = target.plugin;
  try {
    const entry = resolveEntry(path, realPath, manifest?.entry ?? null);
    if (isPlugoError(entry)) return entry;
    const declares = (other: string): boolean =>
      manifest?.dependencies.some((dependency) => dependency.name === other) === true;
    return await look({ name, folder: realPath, entry, owners, declares });
  } catch (error) {
    if (isPlugoError(error)) return error;
    return plugoError("PLUGO_EVALUATION", { file: name, detail: describeThrown(error), stack: "" }, { cause: error });
  }
}
