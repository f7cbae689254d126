import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../host/host.ts";
import { internalOptions } from "../host/load-plugins-options.ts";
import type { InternalLoadPluginsOptions } from "../host/resolve-options.ts";
import { loadPlugins } from "../hot/load-plugins.ts";
import type { Logger } from "../kernel/logger.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { Leftovers } from "./leftovers.ts";
import { StagedFolder } from "./staged-folder.ts";

/** The options of `loadPlugin`. All are optional. */
export interface LoadPluginOptions<Context extends object = object> {
  /** What the plugin's `initPlugin` gets as its first argument. Views made with `perPlugin` work as in an application. */
  readonly context?: Context | undefined;
  /** The plugin's config, as it would stand in `plugins_config.json`. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The APIs of dependencies, by their names: what `plugin.dependency(name)` gives. One that is declared and not given
   * here is the plugin of that name beside the plugin's folder.
   */
  readonly dependencies?: Readonly<Record<string, unknown>> | undefined;
  /** Default: nothing is written. */
  readonly logger?: Logger | undefined;
  /** The application's version, which `core_version` is checked against. Default: it is not checked. */
  readonly coreVersion?: string | undefined;
  /** How long `initPlugin` may take, in milliseconds. Default 30 000; 0 = no limit. */
  readonly initTimeoutMs?: number | undefined;
  /** How long each undo may take, in milliseconds. Default 10 000; 0 = no limit. */
  readonly disposeTimeoutMs?: number | undefined;
}

/** A plugin that runs alone, for a test of it. */
export interface LoadedPlugin<Api = unknown> extends AsyncDisposable {
  /** The plugin's name: its folder's name. */
  readonly name: string;
  /** What `initPlugin` returned; after `reload`, what the new generation's returned. */
  readonly api: Api;
  /**
   * Reads the plugin from disk again and puts a new generation in service.
   *
   * @throws PlugoError What is wrong with the new one; the old one stays in service.
   */
  readonly reload: () => Promise<void>;
  /**
   * Ends the plugin. Later calls wait for the same end, and report nothing again.
   *
   * @throws PlugoError `PLUGO_LEFT_BEHIND`, which names each thing that the plugin has not undone: timers and handles
   * that are open, listeners on `process` and on emitters of the context, functions and instances in the context, routes
   * on an application that is no plugin's view, and undos that failed.
   */
  readonly dispose: () => Promise<void>;
}

/**
 * Loads one plugin for its own tests, as an application would, but alone: without hot reload, without an environment of
 * its own (its packages are found from where the test runs), and whatever the process's `PLUGINS` and `ENABLED_PLUGINS`
 * say. Nothing is written to the plugin's folder. The test disposes it.
 *
 * @param folder The plugin's folder, as a path or a `file:` URL.
 * @example
 * test("greets", async (t) => {
 *   const plugin = await loadPlugin(new URL("..", import.meta.url), { context: { app } });
 *   t.after(() => plugin.dispose());
 *   assert.equal(plugin.api.greet("Ada"), "Hello Ada");
 * });
 *
 * @throws PlugoError What is wrong with the plugin, when it cannot be loaded.
 */
export async function loadPlugin<Api = unknown, Context extends object = object>(
  folder: string | URL,
  options: LoadPluginOptions<Context> = {},
): Promise<LoadedPlugin<Api>> {
  const path = resolve(folder instanceof URL ? fileURLToPath(folder) : folder);
  const name = basename(path);
  const { context = {}, config = {}, dependencies: stubs = {}, logger = silent } = options;
  const found = existsSync(path) ? readManifest(path, name) : undefined;
  const declared = found !== undefined && "manifest" in found ? found.manifest.dependencies : [];
  const staged = new StagedFolder({ name, config, declared, stubs });
  const leftovers = new Leftovers(existsSync(path) ? realpathSync(path) : path, context);
  const loadOptions: InternalLoadPluginsOptions = {
    pluginDirectory: [staged.stubDirectory, dirname(path)],
    configPath: staged.configFile,
    context,
    logger,
    initTimeoutMs: options.initTimeoutMs,
    disposeTimeoutMs: options.disposeTimeoutMs,
    hotReload: false,
    environments: false,
    plugins: [],
    env: {},
    [internalOptions]: {
      coreVersion: options.coreVersion,
      cacheFolder: staged.cacheFolder,
      watchesLeaks: false,
    },
  };
  try {
    const host = (await leftovers.run(() => loadPlugins(loadOptions))) as Host;
    const plugin = new TestedPlugin<Api>({ name, host, staged, leftovers });
    if (host.loaded.has(name)) return plugin;
    const problem = host.problemOf(name) ?? host.report.problems.find(({ plugin: about }) => about === name);
    await plugin.dispose().catch(() => {});
    throw problem ?? plugoError("PLUGO_NOT_ACTIVE", { name, reason: "nothing wants it." });
  } catch (error) {
    leftovers[Symbol.dispose]();
    staged[Symbol.dispose]();
    throw error;
  }
}

interface TestedParts {
  readonly name: string;
  readonly host: Host;
  readonly staged: StagedFolder;
  readonly leftovers: Leftovers;
}

class TestedPlugin<Api> implements LoadedPlugin<Api> {
  readonly name: string;
  readonly #parts: TestedParts;
  #end: Promise<readonly string[]> | undefined;

  constructor(parts: TestedParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get api(): Api {
    return this.#parts.host.get<Api>(this.name);
  }

  readonly reload = async (): Promise<void> => {
    const { host, leftovers } = this.#parts;
    leftovers.note(host.view.generations.get(this.name));
    await leftovers.run(() => host.reload(this.name));
    const problem = host.problemOf(this.name);
    if (problem !== null) throw problem;
  };

  readonly dispose = async (): Promise<void> => {
    if (this.#end !== undefined) return void (await this.#end);
    this.#end = this.#close();
    const left = await this.#end;
    if (left.length > 0) throw plugoError("PLUGO_LEFT_BEHIND", { name: this.name, left }, { plugin: this.name });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #close(): Promise<readonly string[]> {
    const { host, staged, leftovers } = this.#parts;
    try {
      leftovers.note(host.view.generations.get(this.name));
      await host.close();
      return [...host.report.problems.map(({ message }) => message), ...(await leftovers.find())];
    } finally {
      leftovers[Symbol.dispose]();
      staged[Symbol.dispose]();
    }
  }
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
