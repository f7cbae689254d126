import { basename } from "node:path";
import { expectOption, isObject, pathOption, refuseUnknown } from "../kernel/check-option.ts";
import type { Logger } from "../kernel/logger.ts";
import { isPluginName, pluginNameRule } from "../manifest/plugin-name.ts";

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

/** What to load and how, with every default filled in. Times are checked by `loadPlugins`. */
export interface ResolvedLoadPluginOptions {
  /** The plugin's folder, an absolute path. */
  readonly folder: string;
  readonly name: string;
  readonly context: object;
  readonly config: object;
  /** The APIs of dependencies, by name. */
  readonly stubs: Readonly<Record<string, unknown>>;
  readonly logger: Logger;
}

/** @throws PlugoError `PLUGO_OPTION_INVALID`, `PLUGO_OPTION_UNKNOWN`. */
export function resolveLoadPluginOptions(folder: string | URL, options: LoadPluginOptions): ResolvedLoadPluginOptions {
  expectOption("options", "an object", options, isObject(options));
  for (const option of Object.keys(options)) refuseUnknown(option, known);
  const path = pathOption("folder", folder);
  const { context = {}, config = {}, dependencies: stubs = {}, logger = silent } = options;
  expectOption("context", "an object", context, isObject(context));
  expectOption("config", "an object", config, isObject(config));
  expectOption("dependencies", "an object", stubs, isObject(stubs));
  for (const stub of Object.keys(stubs)) {
    expectOption("dependencies", `the names of plugins (${pluginNameRule})`, stub, isPluginName(stub));
  }
  return { folder: path, name: basename(path), context, config, stubs, logger };
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

const known: Readonly<Record<keyof LoadPluginOptions, true>> = {
  context: true,
  config: true,
  dependencies: true,
  logger: true,
  coreVersion: true,
  initTimeoutMs: true,
  disposeTimeoutMs: true,
};
