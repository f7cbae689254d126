import { resolve } from "node:path";
import type { EnvironmentSettings } from "../environments/environment-settings.ts";
import {
  expectLogger,
  expectOption as expect,
  isList,
  isObject,
  pathOption,
  refuseUnknown,
} from "../kernel/check-option.ts";
import { createConsoleLogger, type Logger } from "../kernel/logger.ts";
import { PLUGINS, type PluginConfig } from "../sources/plugin-list.ts";
import { booleanVariable } from "../sources/read-environment-variables.ts";
import type { TimeLimits } from "./host-services.ts";
import { adjustOptions, type HotReloadOptions, type LoadPluginsOptions } from "./load-plugins-options.ts";
import { nearestPackage } from "./nearest-package.ts";
import { readOption } from "./read-option.ts";
import { resolveEnvironmentOptions } from "./resolve-environment-options.ts";

/** The options of a host with every default filled in and every path absolute. */
export interface ResolvedOptions {
  readonly directories: readonly string[];
  readonly configFile: string | undefined;
  readonly context: object;
  readonly logger: Logger;
  readonly coreVersion: string | undefined;
  readonly limits: TimeLimits;
  /** `null` when nothing follows the disk. */
  readonly hotReload: { readonly debounceMs: number } | null;
  readonly environments: EnvironmentSettings;
  readonly strict: boolean;
  readonly engine: "runner" | "native";
  /** Read anew at each change: entries may be pushed later. */
  readonly plugins: readonly PluginConfig[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
  /** Whether to look for ended generations that stay in memory: everywhere but in production. */
  readonly watchesLeaks: boolean;
  /** Where transforms are kept between runs. */
  readonly cacheFolder: string;
}

/** Options, and what a part of plugo makes of them when they are resolved: more than the options can say. */
export interface InternalLoadPluginsOptions extends LoadPluginsOptions {
  readonly [adjustOptions]?: (resolved: ResolvedOptions) => ResolvedOptions;
}

const defaults = { initTimeoutMs: 30_000, disposeTimeoutMs: 10_000, drainTimeoutMs: 10_000, debounceMs: 50 } as const;

/** Checks the options and fills in the defaults. @throws PlugoError `PLUGO_OPTION_INVALID`. */
export function resolveOptions(options: LoadPluginsOptions): ResolvedOptions {
  return readOption("options", () => {
    const adjust = (options as InternalLoadPluginsOptions)[adjustOptions];
    const resolved = withDefaults(options);
    return adjust === undefined ? resolved : adjust(resolved);
  });
}

function withDefaults(options: LoadPluginsOptions): ResolvedOptions {
  expect("options", "an object", options, isObject(options));
  for (const option of Object.keys(options)) refuseUnknown(option, known);
  const { pluginDirectory = [], configPath, context = {}, logger = createConsoleLogger() } = options;
  const {
    strict = false,
    engine = "runner",
    plugins = PLUGINS,
    env: givenEnv = process.env,
    signal,
    coreVersion,
  } = options;
  const directories: readonly (string | URL)[] = isList(pluginDirectory) ? pluginDirectory : [pluginDirectory];
  expect("context", "an object", context, isObject(context));
  expectLogger(logger);
  expect("strict", "a boolean", strict, typeof strict === "boolean");
  expect("engine", `"runner" or "native"`, engine, engine === "runner" || engine === "native");
  expect("plugins", "an array", plugins, Array.isArray(plugins));
  expect("env", "an object", givenEnv, isObject(givenEnv));
  // Read now: what the process changes later is not asked again.
  const env = { ...givenEnv };
  expect("coreVersion", "a string", coreVersion, coreVersion === undefined || typeof coreVersion === "string");
  expect("signal", "an AbortSignal", signal, signal === undefined || signal instanceof AbortSignal);
  const hotReload = hotReloadOptions(options.hotReload);
  const application = nearestPackage(process.cwd());
  const isFollowing = hotReload.enabled ?? booleanVariable(env, "ENABLE_PLUGIN_HOT_RELOAD", true, logger);
  return {
    directories: directories.map((directory) => pathOption("pluginDirectory", directory)),
    configFile: configPath === undefined ? undefined : pathOption("configPath", configPath),
    context,
    logger,
    coreVersion: coreVersion ?? application.version,
    limits: {
      initTimeoutMs: milliseconds("initTimeoutMs", options.initTimeoutMs),
      disposeTimeoutMs: milliseconds("disposeTimeoutMs", options.disposeTimeoutMs),
      drainTimeoutMs: milliseconds("drainTimeoutMs", hotReload.drainTimeoutMs),
    },
    hotReload: isFollowing ? { debounceMs: milliseconds("debounceMs", hotReload.debounceMs) } : null,
    environments: resolveEnvironmentOptions(options.environments, {
      env,
      logger,
      hostFolder: application.folder,
    }),
    strict,
    engine,
    plugins,
    env,
    signal,
    watchesLeaks: env["NODE_ENV"] !== "production",
    cacheFolder: resolve(".plugo", "cache"),
  };
}

/** Every option, so that a slip in plain JavaScript is not taken for a wish. */
const known: Readonly<Record<keyof LoadPluginsOptions, true>> = {
  pluginDirectory: true,
  configPath: true,
  context: true,
  logger: true,
  coreVersion: true,
  hotReload: true,
  environments: true,
  initTimeoutMs: true,
  disposeTimeoutMs: true,
  strict: true,
  engine: true,
  plugins: true,
  env: true,
  signal: true,
};

const knownOfHotReload: Readonly<Record<keyof HotReloadOptions, true>> = { debounceMs: true, drainTimeoutMs: true };

/** Whether it is on, where that is said in code, and how it waits. */
function hotReloadOptions(
  hotReload: LoadPluginsOptions["hotReload"],
): HotReloadOptions & { readonly enabled: boolean | undefined } {
  if (hotReload === undefined || typeof hotReload === "boolean") return { enabled: hotReload };
  expect("hotReload", "a boolean or an object", hotReload, isObject(hotReload));
  for (const option of Object.keys(hotReload)) refuseUnknown(option, knownOfHotReload, { prefix: "hotReload." });
  return { ...hotReload, enabled: true };
}

function milliseconds(option: keyof typeof defaults, value: number | undefined): number {
  const resolved = value ?? defaults[option];
  const isValid = typeof resolved === "number" && resolved >= 0 && Number.isFinite(resolved);
  expect(option, "a number of milliseconds, 0 or more (0 = no limit)", resolved, isValid);
  return resolved;
}
