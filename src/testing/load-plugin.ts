import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { Host } from "../host/host.ts";
import { adjustOptions } from "../host/load-plugins-options.ts";
import { readOption } from "../host/read-option.ts";
import type { InternalLoadPluginsOptions } from "../host/resolve-options.ts";
import { loadPlugins } from "../hot/load-plugins.ts";
import { displayPath } from "../kernel/display-path.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { PlugoError, plugoError } from "../kernel/plugo-error.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { Leftovers } from "./leftovers.ts";
import { resolveLoadPluginOptions, type LoadPluginOptions } from "./load-plugin-options.ts";
import type { LoadedPlugin } from "./loaded-plugin.ts";
import { StagedFolder } from "./staged-folder.ts";
import { TestedPlugin } from "./tested-plugin.ts";

/**
 * Loads one plugin for its own tests, as an application would, but alone: without hot reload, without an environment of
 * its own (its packages are found from where the test runs), and whatever the process's `PLUGINS` and `ENABLED_PLUGINS`
 * say. Nothing is written to the plugin's folder. The test disposes it.
 *
 * @param folder The plugin's folder, as a path or a `file:` URL.
 * @example
 * ```ts
 * type Hello = { readonly greet: (who: string) => string };
 * test("greets", async (t) => {
 *   const plugin = await loadPlugin<Hello>(new URL("..", import.meta.url), { context: { app } });
 *   t.after(() => plugin.dispose());
 *   assert.equal(plugin.api.greet("Ada"), "Hello Ada");
 * });
 * ```
 *
 * @throws PlugoError What is wrong with the plugin, when it cannot be loaded; `PLUGO_OPTION_INVALID`,
 * `PLUGO_OPTION_UNKNOWN`.
 */
export async function loadPlugin<Api = unknown, Context extends object = object>(
  folder: string | URL,
  options: LoadPluginOptions<Context> = {},
): Promise<LoadedPlugin<Api>> {
  const { folder: path, name, context, config, stubs, logger } = resolveLoadPluginOptions(folder, options);
  if (!existsSync(path)) throw unknownFolder(path, name);
  const found = readManifest(path, name);
  const declared = "manifest" in found ? found.manifest.dependencies : [];
  const realPath = realpathSync(path);
  const leftovers = readOption("context", () => new Leftovers(realPath, context));
  const staged = new StagedFolder({ name, config, declared, stubs });
  const loadOptions: InternalLoadPluginsOptions = {
    pluginDirectory: [staged.stubDirectory, dirname(path)],
    configPath: staged.configFile,
    context,
    logger,
    initTimeoutMs: options.initTimeoutMs,
    disposeTimeoutMs: options.disposeTimeoutMs,
    hotReload: { drainTimeoutMs },
    plugins: [],
    env: {},
    [adjustOptions]: (resolved) => ({
      ...resolved,
      coreVersion: options.coreVersion,
      cacheFolder: staged.cacheFolder,
      // The plugin's node_modules, or the application's, has what it needs.
      environments: { ...resolved.environments, mode: "none" },
      hotReload: null,
      watchesLeaks: false,
    }),
  };
  try {
    const host = (await leftovers.run(() => loadPlugins(loadOptions))) as Host;
    const plugin = new TestedPlugin<Api>({ name, host, staged, leftovers });
    if (host.loaded.has(name)) return plugin;
    const problem = host.problemOf(name) ?? host.report.problems.find(({ plugin: about }) => about === name);
    await plugin.dispose().catch(() => {});
    throw problem === undefined || problem === null
      ? plugoError("PLUGO_NOT_ACTIVE", { name, reason: "nothing wants it." })
      : withStandIn(problem);
  } catch (error) {
    leftovers[Symbol.dispose]();
    staged[Symbol.dispose]();
    throw error;
  }
}

function unknownFolder(path: string, name: string): PlugoError {
  const parent = dirname(path);
  const nearest = existsSync(parent) ? nearestName(name, readdirSync(parent)) : undefined;
  return plugoError("PLUGO_UNKNOWN_PLUGIN", { name, where: `loadPlugin("${displayPath(path)}")`, nearest });
}

/** What an application lacks, a test need not have. */
function withStandIn(problem: PlugoError): PlugoError {
  if (problem.code !== "PLUGO_DEPENDENCY_MISSING") return problem;
  const remedy = `${problem.remedy} In a test, the option "dependencies" can stand in for it.`;
  return new PlugoError(problem.code, problem.message, remedy, problem.plugin, problem.cause);
}

/**
 * A test may well leave the body of a response unread, which holds its generation in some frameworks. The plugin can do
 * nothing about that, so it is neither waited for much nor told.
 */
const drainTimeoutMs = 250;
