import type { LoadedModules } from "../engine/engine.ts";
import { entryHint, resolveEntry } from "../engine/resolve-entry.ts";
import { displayPath } from "../kernel/display-path.ts";
import { aboutPlugin, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import { blockedBy } from "../plan/blocked-by.ts";
import type { FolderContent } from "../sources/folder-content.ts";
import type { ModuleTarget } from "../sources/source.ts";
import { describeFailure } from "./describe-failure.ts";
import { publishStep } from "./diagnostics.ts";
import { definitionOf, findDefinition, type FoundDefinition } from "./find-definition.ts";
import { readWatched } from "./generation-files.ts";
import type { Generation, ModulesOf } from "./generation.ts";
import { loadModule } from "./load-module.ts";
import { withinInitTime } from "./within-init-time.ts";

/** Where the modules of a generation's dependencies come from, and what it may use again. */
export interface LoadSources {
  /** The modules of the generation that `name` will be activated with. */
  readonly dependency: ModulesOf;
  /** The modules of the generation before. */
  readonly previous: LoadedModules | undefined;
  /** What the files that the plugin has watched held for the generation before. */
  readonly previousWatched: FolderContent | undefined;
  /** The generation whose modules are taken as they are, whatever is on disk now. */
  readonly keep: Generation | undefined;
  /** Whether to load the files of `previous` as they were, whatever is on disk now. */
  readonly restore: boolean;
}

/** What loading came to: what to call, or why there is nothing. */
export type LoadResult = FoundDefinition | PlugoError;

/**
 * Loads the modules of a generation, within its time limit, and finds what to call in them. Returns a promise only when
 * something has to be waited for. Never throws.
 */
export function loadGeneration(generation: Generation, sources: LoadSources): LoadResult | Promise<LoadResult> {
  const startTime = performance.now();
  try {
    const loading = startLoading(generation, sources);
    if (!isThenable(loading)) return finish(generation, startTime, loading);
    return withinInitTime(generation, loading, "PLUGO_LOAD_TIMEOUT").then(
      (result) => finish(generation, startTime, result),
      (error: unknown) => finish(generation, startTime, asProblem(generation, error)),
    );
  } catch (error) {
    return finish(generation, startTime, asProblem(generation, error));
  }
}

function finish(generation: Generation, startTime: number, result: LoadResult): LoadResult {
  generation.timings.loadMs = performance.now() - startTime;
  publishStep("load", generation, startTime, isPlugoError(result) ? result : undefined);
  return result;
}

function startLoading(generation: Generation, sources: LoadSources): LoadResult | Promise<LoadResult> {
  const { keep } = sources;
  if (keep?.modules !== undefined) {
    generation.keepModules(keep);
    return definitionOfTarget(generation, keep.modules.namespace);
  }
  const { target } = generation.entry.selected;
  if (target === undefined) throw new TypeError(`"${generation.name}" has nothing to load.`);
  if (target.kind === "module") return takeModule(generation, target.module, sources);

  const { plugin } = target;
  const entry = sources.restore
    ? { path: generation.entryFile, text: undefined }
    : resolveEntry(plugin.path, plugin.realPath, generation.entry.manifest?.entry ?? null);
  if (isPlugoError(entry)) return aboutPlugin(entry, generation.name);
  generation.entryFile = entry.path;
  generation.watched = sources.restore
    ? sources.previousWatched
    : readWatched(generation.entry, sources.previousWatched);
  // A look costs time at every start; who edits the file that is not used sees it at the reload.
  const hint = generation.number === 1 ? undefined : entryHint(entry.path);
  if (hint !== undefined) generation.logger.debug(hint);
  generation.loadWith(sources.dependency);
  const loaded = generation.services.engine.load({
    plugin: generation.name,
    generation: generation.number,
    folder: plugin.realPath,
    environment: generation.provision.environment,
    entry: entry.path,
    entryText: entry.text,
    owners: generation.services.owners,
    // The modules keep this: it must not lead to the generation before.
    // Only what the plan has: an optional dependency that would close a circle is passed over.
    dependency: (name) => (generation.entry.dependencies.includes(name) ? generation.modulesOf(name) : undefined),
    declares: (name) => generation.entry.manifest?.dependencies.some((dependency) => dependency.name === name) === true,
    timers: () => generation.timers(),
    previous: sources.previous,
    restore: sources.restore,
  });
  return isThenable(loaded)
    ? loaded.then((modules) => takeModules(generation, modules))
    : takeModules(generation, loaded);
}

function takeModules(generation: Generation, modules: LoadedModules): LoadResult {
  generation.modules = modules;
  return definitionIn(generation, modules.namespace);
}

function definitionIn(generation: Generation, namespace: Readonly<Record<string, unknown>>): LoadResult {
  const definition = findDefinition(namespace);
  if ("init" in definition) return definition;
  return plugoError(
    "PLUGO_NO_INIT",
    { file: displayPath(generation.entryFile), ...definition },
    { plugin: generation.name },
  );
}

async function takeModule(generation: Generation, module: ModuleTarget, sources: LoadSources): Promise<LoadResult> {
  const namespace = await loadModule(generation, module, sources);
  return isPlugoError(namespace) ? namespace : definitionOfTarget(generation, namespace);
}

function definitionOfTarget(generation: Generation, namespace: Readonly<Record<string, unknown>>): LoadResult {
  const { target } = generation.entry.selected;
  if (target?.kind !== "module" || target.module.exportName === null) return definitionIn(generation, namespace);
  const { exportName, modulePath } = target.module;
  const definition = definitionOf(namespace[exportName]);
  if (definition !== undefined) return definition;
  const hint = `Export "${exportName}" from it: a function, a class, or an object with initPlugin.`;
  const facts = { file: modulePath, found: Object.keys(namespace), hint };
  return plugoError("PLUGO_NO_INIT", facts, { plugin: generation.name });
}

function asProblem(generation: Generation, error: unknown): PlugoError {
  if (isPlugoError(error)) {
    const problem = aboutPlugin(error, generation.name);
    if (problem.plugin === undefined || problem.plugin === generation.name) return problem;
    // It imports from a plugin whose files could not be loaded.
    return blockedBy(generation.entry, problem.plugin, problem);
  }
  const facts = { file: generation.entryFile, ...describeFailure(generation, error) };
  return plugoError("PLUGO_EVALUATION", facts, { plugin: generation.name, cause: error });
}
