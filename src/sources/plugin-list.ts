import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { describeJson } from "../manifest/must-be.ts";
import type { ModuleTarget, Wish } from "./source.ts";

/** What to import for an entry of {@link PLUGINS}. */
export interface ImportClassDetails {
  /** A package name, an absolute path or URL, or a path relative to the working directory. */
  modulePath: string;
  /** The export to use: a function, a class, or an object with `initPlugin`. */
  moduleClassName: string;
}

/** A plugin that the application names in code. */
export interface PluginConfig {
  pluginName: string;
  importClassDetails: ImportClassDetails;
  /** `active` is wanted whatever the config says; `inactive` and `error` switch the name off, wherever it comes from. */
  status: "active" | "inactive" | "error";
}

const registry = globalThis as { [key: symbol]: PluginConfig[] | undefined };

/**
 * The plugins that the application names in code: one list per process, even with two copies of this package. Entries
 * pushed after `loadPlugins` count at the next change.
 */
export const PLUGINS: PluginConfig[] = (registry[Symbol.for("plugo.PLUGINS")] ??= []);

/** What the list wants, and which of its entries are none. */
export interface ListedPlugins {
  readonly wishes: readonly Wish[];
  readonly problems: readonly PlugoError[];
}

/** The wishes of a list such as {@link PLUGINS}, and one PLUGO_OPTION_INVALID for each entry that is none. */
export function listedPlugins(list: readonly PluginConfig[]): ListedPlugins {
  const wishes: Wish[] = [];
  const problems: PlugoError[] = [];
  let where = "PLUGINS";
  try {
    if (!Array.isArray(list)) return { wishes, problems: [invalid(where, "a list", list)] };
    for (let index = 0; index < list.length; index += 1) {
      where = `PLUGINS[${index}]`;
      const result = readSafely(list, index, where);
      if (result instanceof Error) problems.push(result);
      else wishes.push(result);
    }
  } catch (error) {
    problems.push(unreadable(where, error));
  }
  return { wishes, problems };
}

function readSafely(list: readonly PluginConfig[], index: number, where: string): Wish | PlugoError {
  try {
    return readEntry(list[index], where);
  } catch (error) {
    // An entry whose getter throws.
    return unreadable(where, error);
  }
}

function unreadable(option: string, cause: unknown): PlugoError {
  return plugoError("PLUGO_OPTION_INVALID", { option, expected: entryShape, actual: "unreadable" }, { cause });
}

const entryShape = "{ pluginName, importClassDetails: { modulePath, moduleClassName }, status }";

function readEntry(entry: unknown, where: string): Wish | PlugoError {
  if (!isObject(entry)) return invalid(where, entryShape, entry);
  const { pluginName: name, status, importClassDetails: details } = entry;
  if (typeof name !== "string" || name === "") return invalid(`${where}.pluginName`, "a name", name);
  if (status !== "active" && status !== "inactive" && status !== "error") {
    return invalid(`${where}.status`, '"active", "inactive" or "error"', status);
  }
  const enabled = status === "active";
  const module = readDetails(details, `${where}.importClassDetails`);
  // What is switched off is not imported, so it does not matter whether it could be.
  if (module instanceof Error && enabled) return module;
  return Object.freeze({
    name,
    enabled,
    source: "list",
    reason: status === "error" ? 'marked "error" in PLUGINS' : `${status} in PLUGINS`,
    where,
    config: undefined,
    module: module instanceof Error ? undefined : module,
  });
}

function readDetails(details: unknown, where: string): ModuleTarget | PlugoError {
  if (!isObject(details)) return invalid(where, "{ modulePath, moduleClassName }", details);
  const { modulePath, moduleClassName } = details;
  if (typeof modulePath !== "string" || modulePath === "") {
    return invalid(`${where}.modulePath`, "a package name, a path or a URL", modulePath);
  }
  if (typeof moduleClassName !== "string" || moduleClassName === "") {
    return invalid(`${where}.moduleClassName`, "the name of an export", moduleClassName);
  }
  return Object.freeze({ modulePath, exportName: moduleClassName });
}

function invalid(option: string, expected: string, actual: unknown): PlugoError {
  return plugoError("PLUGO_OPTION_INVALID", { option, expected, actual: describeJson(actual) });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
