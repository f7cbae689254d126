import { readInputs, selectFrom, type HostInputs } from "../host/host-inputs.ts";
import type { LoadPluginsOptions } from "../host/load-plugins-options.ts";
import { resolveOptions, type ResolvedOptions } from "../host/resolve-options.ts";
import { displayPath } from "../kernel/display-path.ts";
import type { Logger } from "../kernel/logger.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { enabledPlugins } from "../sources/read-environment-variables.ts";
import { findProject, usualConfig, usualDirectories, type Project, type ProjectOptions } from "./project.ts";
import type { Terminal } from "./terminal.ts";

/** What a project's plugins come to, and what it was made from. */
export interface ProjectPlan {
  readonly project: Project;
  readonly options: ResolvedOptions;
  readonly inputs: HostInputs;
  readonly plan: Plan;
}

/**
 * Makes the plan that `loadPlugins` would make of a project, without running anything. The working directory becomes the
 * project's folder, as for the application: paths in its files and in messages are relative to it.
 *
 * @param loadOptions What the command line says of other options of `loadPlugins`.
 * @throws PlugoError `PLUGO_PROJECT_INVALID`, `PLUGO_PROJECT_EMPTY`, `PLUGO_DIRECTORY_UNREADABLE`,
 * `PLUGO_CONFIG_UNREADABLE`, `PLUGO_CONFIG_INVALID`.
 */
export function readPlan(
  projectOptions: ProjectOptions,
  terminal: Terminal,
  loadOptions: Pick<LoadPluginsOptions, "environments"> = {},
): ProjectPlan {
  const project = findProject(process.cwd(), projectOptions);
  process.chdir(project.folder);
  const { pluginDirectories, configFile, coreVersion } = project;
  if (pluginDirectories.length === 0 && configFile === null && enabledPlugins(process.env).length === 0) {
    const looked = [...usualDirectories, usualConfig];
    throw plugoError("PLUGO_PROJECT_EMPTY", { folder: project.folder, looked });
  }
  const options = resolveOptions({
    ...loadOptions,
    pluginDirectory: pluginDirectories,
    configPath: configFile ?? undefined,
    coreVersion: coreVersion ?? undefined,
    // What the application adds in code is not known here.
    plugins: [],
    hotReload: false,
    logger: notingLogger(terminal),
  });
  const inputs = readInputs(options, undefined, { isTouched: () => true });
  const selection = selectFrom(inputs, options, { runtimeWishes: [], lastManifest: () => undefined });
  const plan = buildPlan(selection, { coreVersion: options.coreVersion });
  return { project, options, inputs, plan };
}

/** Says which directory and config were read: an application that calls `loadPlugins` with others runs others. */
export function describeProject({ folder, pluginDirectories, configFile, foundBy }: Project): string {
  const directories = pluginDirectories.map((path) => displayPath(path)).join(", ");
  const config = configFile === null ? "no config" : displayPath(configFile);
  const read = directories === "" ? config : `${directories} and ${config}`;
  return `Read ${read} in ${folder} (${ways[foundBy]}).`;
}

const ways: Readonly<Record<Project["foundBy"], string>> = {
  option: "by --plugin-directory",
  "package.json": 'by "plugo" in package.json',
  search: `no "plugo" in package.json: the first of ${usualDirectories.join(", ")}`,
};

export function notingLogger({ note }: Terminal): Logger {
  return { debug: () => {}, info: note, warn: note, error: note };
}
