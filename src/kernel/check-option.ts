import { absolutePath } from "./absolute-path.ts";
import type { Logger } from "./logger.ts";
import { nearestName } from "./nearest-name.ts";
import { plugoError } from "./plugo-error.ts";

/**
 * @param call The function that has the option. Default: `loadPlugins`.
 * @throws PlugoError `PLUGO_OPTION_INVALID` when it is not met.
 */
export function expectOption(option: string, expected: string, value: unknown, isMet: boolean, call?: string): void {
  if (isMet) return;
  const actual = typeof value === "string" ? JSON.stringify(value) : value === null ? "null" : `a ${typeof value}`;
  throw plugoError("PLUGO_OPTION_INVALID", { option, expected, actual, ...(call === undefined ? {} : { call }) });
}

/**
 * Refuses an option that is not among the known ones.
 *
 * @param within `prefix` stands before its name, for an option within one; `call` is the function that has it, by
 * default `loadPlugins`.
 * @throws PlugoError `PLUGO_OPTION_UNKNOWN`.
 */
export function refuseUnknown(
  option: string,
  known: object,
  { prefix = "", ...call }: { readonly prefix?: string; readonly call?: string } = {},
): void {
  if (Object.hasOwn(known, option)) return;
  const nearest = nearestName(option, Object.keys(known));
  throw plugoError("PLUGO_OPTION_UNKNOWN", { option: `${prefix}${option}`, nearest, ...call });
}

/** A path or a `file:` URL as an absolute path. @throws PlugoError `PLUGO_OPTION_INVALID` when it is neither. */
export function pathOption(option: string, value: unknown, call?: string): string {
  const isUrl = value instanceof URL;
  const isPath = isUrl
    ? value.protocol === "file:"
    : typeof value === "string" && value !== "" && !value.includes("\0");
  expectOption(option, "a path or a file: URL", isUrl ? value.href : value, isPath, call);
  return absolutePath(value as string | URL);
}

/** @throws PlugoError `PLUGO_OPTION_INVALID` when it is no logger. */
export function expectLogger(logger: unknown, call?: string): void {
  const isLogger =
    isObject(logger) &&
    (["debug", "info", "warn", "error"] as const).every((level) => typeof (logger as Logger)[level] === "function");
  expectOption("logger", "an object with debug, info, warn and error", logger, isLogger, call);
}

/** As `Array.isArray`, which takes a list that cannot be changed for none. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
