import { dirname, join, resolve } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { isJsonObject } from "../manifest/json-object.ts";
import { describeJson } from "../manifest/must-be.ts";
import { metadataFile } from "../manifest/read-manifest.ts";
import { readPackageFile } from "../manifest/read-package-file.ts";
import { isFile, isFolder } from "../sources/stats-of.ts";

/** The application that a command is about: where its plugins and their config are. Paths are absolute. */
export interface Project {
  /** The folder of the nearest `package.json`; without one, the folder where the command runs. */
  readonly folder: string;
  /** That `package.json`; `null` when there is none. */
  readonly packageFile: string | null;
  readonly pluginDirectories: readonly string[];
  /** `null` when there is none: then every plugin of the directories is wanted. */
  readonly configFile: string | null;
  /** What `core_version` is checked against; `null` when it is not known. */
  readonly coreVersion: string | null;
  /** How the plugin directories were found. */
  readonly foundBy: "option" | "package.json" | "search";
  /** What is worth a remark. */
  readonly hints: readonly string[];
}

/** What the command line says about the project. Paths are relative to `from`. */
export interface ProjectOptions {
  readonly pluginDirectory?: readonly string[] | undefined;
  readonly config?: string | undefined;
}

/** Where plugins are looked for when nothing says where they are: the first that exists. */
export const usualDirectories: readonly string[] = ["plugins", "api/plugins", "ui/plugins"];
export const usualConfig = "plugins_config.json";

/**
 * Finds the project around a folder: the nearest `package.json`, passing over those of plugins; in it the key `"plugo"`
 * with `pluginDirectory`, `configPath` and `coreVersion`; else the usual places that exist.
 *
 * @param from An absolute path.
 * @throws PlugoError `PLUGO_PROJECT_INVALID`.
 */
export function findProject(from: string, options: ProjectOptions = {}): Project {
  const { folder, packageFile } = nearestProject(from);
  const manifest = packageFile === null ? {} : readPackage(packageFile);
  const settings = readSettings(manifest, packageFile);
  const inFolder = (path: string): string => resolve(folder, path);
  const given = options.pluginDirectory ?? [];
  const found = usualDirectories.map(inFolder).find(isFolder);
  let pluginDirectories = found === undefined ? [] : [found];
  let foundBy: Project["foundBy"] = "search";
  if (given.length > 0) {
    pluginDirectories = given.map((path) => resolve(from, path));
    foundBy = "option";
  } else if (settings.pluginDirectories !== undefined) {
    pluginDirectories = settings.pluginDirectories.map(inFolder);
    foundBy = "package.json";
  }
  let configFile: string | null = isFile(inFolder(usualConfig)) ? inFolder(usualConfig) : null;
  if (options.config !== undefined) configFile = resolve(from, options.config);
  else if (settings.configPath !== undefined) configFile = inFolder(settings.configPath);
  return Object.freeze({
    folder,
    packageFile,
    pluginDirectories: Object.freeze(pluginDirectories),
    configFile,
    coreVersion: settings.coreVersion ?? textOrNull(manifest["version"]),
    foundBy,
    hints: Object.freeze(settings.hints),
  });
}

/** A `package.json` as an object. @throws PlugoError `PLUGO_PROJECT_INVALID`. */
export function readPackage(file: string): Readonly<Record<string, unknown>> {
  const read = readPackageFile(file);
  if ("value" in read) return read.value;
  const shown = displayPath(file);
  const { finding, cause } = "finding" in read ? read : { finding: `${shown} does not exist`, cause: undefined };
  throw plugoError("PLUGO_PROJECT_INVALID", { file: shown, findings: [finding] }, { cause });
}

/** A plugin may have a `package.json` of its own, beside its `metadata.json`; the application's is further up. */
function nearestProject(from: string): Pick<Project, "folder" | "packageFile"> {
  for (let folder = from; ; folder = dirname(folder)) {
    const packageFile = join(folder, "package.json");
    if (isFile(packageFile) && !isFile(join(folder, metadataFile))) return { folder, packageFile };
    if (dirname(folder) === folder) return { folder: from, packageFile: null };
  }
}

interface Settings {
  readonly pluginDirectories: readonly string[] | undefined;
  readonly configPath: string | undefined;
  readonly coreVersion: string | undefined;
  readonly hints: readonly string[];
}

const knownSettings = ["pluginDirectory", "configPath", "coreVersion", "commands"];

function readSettings(manifest: Readonly<Record<string, unknown>>, packageFile: string | null): Settings {
  const value = manifest["plugo"];
  const findings: string[] = [];
  const file = displayPath(packageFile ?? "package.json");
  if (value === undefined) return noSettings;
  if (!isJsonObject(value)) {
    const wrong = [`"plugo" must be an object, but it is ${describeJson(value)}`];
    throw plugoError("PLUGO_PROJECT_INVALID", { file, findings: wrong });
  }
  const text = (key: string): string | undefined => {
    const setting = value[key];
    if (setting === undefined || (typeof setting === "string" && setting !== "")) return setting;
    findings.push(`"plugo.${key}" must be a text, but it is ${describeJson(setting)}`);
    return undefined;
  };
  const directories: unknown[] | undefined =
    value["pluginDirectory"] === undefined ? undefined : [value["pluginDirectory"]].flat();
  if (directories?.every((path) => typeof path === "string" && path !== "") === false) {
    findings.push(
      `"plugo.pluginDirectory" must be a path or a list of paths, but it is ${describeJson(value["pluginDirectory"])}`,
    );
  }
  const settings: Settings = {
    pluginDirectories: directories as string[] | undefined,
    configPath: text("configPath"),
    coreVersion: text("coreVersion"),
    hints: Object.keys(value)
      .filter((key) => !knownSettings.includes(key))
      .map((key) => hintFor(key, file)),
  };
  if (findings.length > 0) throw plugoError("PLUGO_PROJECT_INVALID", { file, findings });
  return settings;
}

const noSettings: Settings = { pluginDirectories: undefined, configPath: undefined, coreVersion: undefined, hints: [] };

function hintFor(key: string, file: string): string {
  const nearest = nearestName(key, knownSettings);
  const suggestion = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return `"plugo" in ${file} has the unknown field ${JSON.stringify(key.slice(0, 80))}${suggestion}`;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
