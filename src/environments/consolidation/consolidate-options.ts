import { expectLogger, expectOption, isList, isObject, pathOption, refuseUnknown } from "../../kernel/check-option.ts";
import { createConsoleLogger, type Logger } from "../../kernel/logger.ts";
import type { ConsolidationStrategy } from "./consolidate.ts";

/** What `consolidatePluginRequirements` writes; its documentation says what each is good for. */
export type ConsolidationFormat = "package-json" | "workspaces" | "list" | "cyclonedx";

/** Which plugins to consolidate, how, and where to write it. */
export interface ConsolidateOptions {
  /** Where the plugins are, as for `loadPlugins`; relative paths are relative to the working directory. */
  readonly pluginDirectory: string | URL | readonly (string | URL)[];
  /** The names of the plugins that count, such as `host.loaded`; or the host itself. */
  readonly loadedPlugins: Iterable<string> | { readonly loaded: ReadonlySet<string> };
  /**
   * The file to write, or the folder for `workspaces`; relative to the working directory. Default: `package-plugins.json`,
   * for the other formats `package-plugins` (a folder), `package-plugins.txt` and `package-plugins.cdx.json`.
   */
  readonly outputFile?: string | URL | undefined;
  /** Default `package-json`. */
  readonly format?: ConsolidationFormat | undefined;
  /** What to do when no version of a package meets all who want it. Default `error`. */
  readonly strategy?: ConsolidationStrategy | undefined;
  /** Default: one line per fact on standard error. */
  readonly logger?: Logger | undefined;
}

/** The options with every default filled in and every path absolute. */
export interface ResolvedConsolidateOptions {
  readonly directories: readonly [string, ...string[]];
  readonly names: ReadonlySet<string>;
  /** Whether the names are those of a host, which knows where each comes from. */
  readonly isFromHost: boolean;
  readonly outputFile: string;
  readonly format: ConsolidationFormat;
  readonly strategy: ConsolidationStrategy;
  readonly logger: Logger;
}

/** What is written when nothing else is said. */
export const defaultFiles: Readonly<Record<ConsolidationFormat, string>> = {
  "package-json": "package-plugins.json",
  workspaces: "package-plugins",
  list: "package-plugins.txt",
  cyclonedx: "package-plugins.cdx.json",
};
const strategies: readonly ConsolidationStrategy[] = ["error", "nest", "highest"];
const known: Readonly<Record<keyof ConsolidateOptions, true>> = {
  pluginDirectory: true,
  loadedPlugins: true,
  outputFile: true,
  format: true,
  strategy: true,
  logger: true,
};
const call = "consolidatePluginRequirements";

/** @throws PLUGO_OPTION_INVALID, PLUGO_OPTION_UNKNOWN */
export function resolveConsolidateOptions(options: ConsolidateOptions): ResolvedConsolidateOptions {
  expect("options", "an object", options, isObject(options));
  for (const option of Object.keys(options)) refuseUnknown(option, known, { call });
  const { pluginDirectory, loadedPlugins, format = "package-json", strategy = "error" } = options;
  const { logger = createConsoleLogger() } = options;
  const formats = Object.keys(defaultFiles);
  expect("format", quotedList(formats), format, formats.includes(format));
  expect("strategy", quotedList(strategies), strategy, strategies.includes(strategy));
  expectLogger(logger, call);
  const { outputFile = defaultFiles[format] } = options;
  const [first, ...others]: readonly unknown[] = isList(pluginDirectory) ? pluginDirectory : [pluginDirectory];
  const isFromHost = isObject(loadedPlugins) && "loaded" in loadedPlugins;
  return {
    directories: [toPath("pluginDirectory", first), ...others.map((directory) => toPath("pluginDirectory", directory))],
    names: namesIn(isFromHost ? loadedPlugins.loaded : loadedPlugins),
    isFromHost,
    outputFile: toPath("outputFile", outputFile),
    format,
    strategy,
    logger,
  };
}

function namesIn(loaded: unknown): ReadonlySet<string> {
  const isIterable = isObject(loaded) && Symbol.iterator in loaded && typeof loaded[Symbol.iterator] === "function";
  const names = isIterable ? [...(loaded as Iterable<unknown>)] : [];
  const isValid = isIterable && names.every((name) => typeof name === "string");
  expect("loadedPlugins", "a list of names such as host.loaded, or a host", loaded, isValid);
  return new Set(names as readonly string[]);
}

function toPath(option: string, value: unknown): string {
  return pathOption(option, value, call);
}

function expect(option: string, expected: string, value: unknown, isMet: boolean): void {
  expectOption(option, expected, value, isMet, call);
}

function quotedList(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
