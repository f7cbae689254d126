import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createConsoleLogger, type Logger } from "../kernel/logger.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { PLUGINS, type PluginConfig } from "../sources/plugin-list.ts";
import { booleanVariable } from "../sources/read-environment-variables.ts";
import type { TimeLimits } from "./host-services.ts";
import type { HotReloadOptions, LoadPluginsOptions } from "./load-plugins-options.ts";
import { readOption } from "./read-option.ts";

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

const defaults = { initTimeoutMs: 30_000, disposeTimeoutMs: 10_000, drainTimeoutMs: 10_000, debounceMs: 50 } as const;

/** Checks the options and fills in the defaults. @throws PlugoError `PLUGO_OPTION_INVALID`. */
export function resolveOptions(options: LoadPluginsOptions): ResolvedOptions {
  return readOption("options", () => withDefaults(options));
}

function withDefaults(options: LoadPluginsOptions): ResolvedOptions {
  expect("options", "an object", options, isObject(options));
  for (const option of Object.keys(options)) refuseUnknown(option);
  const { pluginDirectory = [], configPath, context = {}, logger = createConsoleLogger() } = options;
  const { strict = false, engine = "runner", plugins = PLUGINS, env = process.env, signal, coreVersion } = options;
  const directories: readonly (string | URL)[] = isArray(pluginDirectory) ? pluginDirectory : [pluginDirectory];
  expect("context", "an object", context, isObject(context));
  expect("logger", "an object with debug, info, warn and error", logger, isLogger(logger));
  expect("strict", "a boolean", strict, typeof strict === "boolean");
  expect("engine", `"runner" or "native"`, engine, engine === "runner" || engine === "native");
  expect("plugins", "an array", plugins, Array.isArray(plugins));
  expect("env", "an object", env, isObject(env));
  expect("coreVersion", "a string", coreVersion, coreVersion === undefined || typeof coreVersion === "string");
  expect("signal", "an AbortSignal", signal, signal === undefined || signal instanceof AbortSignal);
  const hotReload = hotReloadOptions(options.hotReload);
  const isFollowing = hotReload.enabled ?? booleanVariable(env, "ENABLE_PLUGIN_HOT_RELOAD", true, logger);
  return {
    directories: directories.map((directory) => toPath("pluginDirectory", directory)),
    configFile: configPath === undefined ? undefined : toPath("configPath", configPath),
    context,
    logger,
    coreVersion: coreVersion ?? nearestVersion(process.cwd()),
    limits: {
      initTimeoutMs: milliseconds("initTimeoutMs", options.initTimeoutMs),
      disposeTimeoutMs: milliseconds("disposeTimeoutMs", options.disposeTimeoutMs),
      drainTimeoutMs: milliseconds("drainTimeoutMs", hotReload.drainTimeoutMs),
    },
    hotReload: isFollowing ? { debounceMs: milliseconds("debounceMs", hotReload.debounceMs) } : null,
    strict,
    engine,
    plugins,
    // Read now: what the process changes later is not asked again.
    env: { ...env },
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
  initTimeoutMs: true,
  disposeTimeoutMs: true,
  strict: true,
  engine: true,
  plugins: true,
  env: true,
  signal: true,
};

const knownOfHotReload: Readonly<Record<keyof HotReloadOptions, true>> = { debounceMs: true, drainTimeoutMs: true };

function refuseUnknown(option: string, among: object = known, prefix = ""): void {
  if (Object.hasOwn(among, option)) return;
  const nearest = nearestName(option, Object.keys(among));
  throw plugoError("PLUGO_OPTION_UNKNOWN", { option: `${prefix}${option}`, nearest });
}

/** Whether it is on, where that is said in code, and how it waits. */
function hotReloadOptions(
  hotReload: LoadPluginsOptions["hotReload"],
): HotReloadOptions & { readonly enabled: boolean | undefined } {
  if (hotReload === undefined || typeof hotReload === "boolean") return { enabled: hotReload };
  expect("hotReload", "a boolean or an object", hotReload, isObject(hotReload));
  for (const option of Object.keys(hotReload)) refuseUnknown(option, knownOfHotReload, "hotReload.");
  return { ...hotReload, enabled: true };
}

function toPath(option: string, value: string | URL): string {
  if (value instanceof URL) {
    expect(option, "a path or a file: URL", value.href, value.protocol === "file:");
    return fileURLToPath(value);
  }
  expect(option, "a path or a file: URL", value, typeof value === "string" && value !== "" && !value.includes("\0"));
  return resolve(value);
}

function milliseconds(option: keyof typeof defaults, value: number | undefined): number {
  const resolved = value ?? defaults[option];
  const isValid = typeof resolved === "number" && resolved >= 0 && Number.isFinite(resolved);
  expect(option, "a number of milliseconds, 0 or more (0 = no limit)", resolved, isValid);
  return resolved;
}

/** The version in the nearest `package.json` that there is; `undefined` when it has none. */
function nearestVersion(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    try {
      const file = resolve(current, "package.json");
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats === undefined) {
        if (dirname(current) === current) return undefined;
        continue;
      }
      if (!stats.isFile()) return undefined;
      const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
      const version = isObject(manifest) && "version" in manifest ? manifest.version : undefined;
      return typeof version === "string" ? version : undefined;
    } catch {
      return undefined;
    }
  }
}

function expect(option: string, expected: string, value: unknown, isMet: boolean): void {
  if (isMet) return;
  const actual = typeof value === "string" ? JSON.stringify(value) : value === null ? "null" : `a ${typeof value}`;
  throw plugoError("PLUGO_OPTION_INVALID", { option, expected, actual });
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isLogger(value: unknown): value is Logger {
  return (
    isObject(value) &&
    (["debug", "info", "warn", "error"] as const).every((level) => typeof (value as Logger)[level] === "function")
  );
}
