import { freezeJson } from "./freeze-json.ts";
import type { ManifestShape, DependenciesShape } from "./manifest-shape.ts";
import type { Dependency, Manifest } from "./manifest.ts";
import { describeJson } from "./must-be.ts";
import { isPluginName, pluginNameRule } from "./plugin-name.ts";
import { cleanVersion, isVersionRange } from "./semver-range.ts";

/** Something wrong with a JSON file: where in its value, and what. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a manifest is made from beside its metadata. */
export interface ManifestOrigin {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/**
 * Resolves every shorthand and default of a metadata.json. What is not possible (a version that is none, a path that
 * leaves the folder) is added to `faults`; the manifest is of use only when nothing was.
 */
export function resolveManifest(metadata: ManifestShape, origin: ManifestOrigin, faults: Fault[]): Manifest {
  const optionals = resolveDependencies(metadata.optional_dependencies, "optional_dependencies", faults);
  const required = resolveDependencies(metadata.dependencies, "dependencies", faults);
  const dependencies = withOptionals(required, optionals);
  return Object.freeze({
    name: origin.name,
    file: origin.file,
    displayName: metadata.name === undefined || metadata.name === "" ? origin.name : metadata.name,
    version: resolveVersion(metadata, faults),
    coreVersion: resolveRange(metadata.core_version, ["core_version"], faults),
    dependencies,
    entry: resolveEntry(metadata.entry, faults),
    reload: metadata.reload ?? "swap",
    routePrefix: metadata.route_prefix ?? null,
    initTimeoutMs: metadata.init_timeout_ms ?? null,
    configSchema: metadata.config_schema ?? null,
    watch: resolveGlobs(metadata.watch, faults),
    metadata: metadata as Readonly<Record<string, unknown>>,
    text: origin.text,
  });
}

/** A dependency that is written as both is required. */
function withOptionals(required: readonly Dependency[], optionals: readonly Dependency[]): readonly Dependency[] {
  if (required.length === 0 && optionals.length === 0) return none;
  const names = new Set(required.map((dependency) => dependency.name));
  const dependencies = [...required, ...optionals.filter((dependency) => !names.has(dependency.name))];
  for (const dependency of dependencies) Object.freeze(dependency);
  return Object.freeze(dependencies);
}

const none: readonly Dependency[] = Object.freeze([]);

/** The manifest of a module that stands for a plugin and has no metadata.json. */
export function moduleManifest(name: string, modulePath: string): Manifest {
  const metadata = {};
  freezeJson(metadata);
  return resolveManifest(metadata, { name, file: modulePath, text: "" }, []);
}

function resolveVersion(metadata: ManifestShape, faults: Fault[]): string {
  const field = metadata.version === undefined ? "plugin_version" : "version";
  const version = metadata[field];
  if (version === undefined) return "0.0.0";
  const clean = typeof version === "string" ? cleanVersion(version) : null;
  if (clean === null) faults.push(notA('a semver version such as "1.2.3"', version, [field]));
  return clean ?? "0.0.0";
}

/** A range that any version meets is no range. */
function resolveRange(range: unknown, path: Fault["path"], faults: Fault[]): string | null {
  if (range === undefined || range === "" || range === "*") return null;
  if (typeof range === "string" && isVersionRange(range)) return range;
  faults.push(notA('a semver range such as "^1.2.0"', range, path));
  return null;
}

/** A name that is written twice counts once, as it is written first. */
function resolveDependencies(
  written: DependenciesShape | undefined,
  field: "dependencies" | "optional_dependencies",
  faults: Fault[],
): readonly Dependency[] {
  // What is wrong is found elsewhere, and most plugins have none.
  if (typeof written !== "object" || written === null || (isList(written) && written.length === 0)) return none;
  return parseDependencies(written, field, faults);
}

function parseDependencies(
  written: DependenciesShape,
  field: "dependencies" | "optional_dependencies",
  faults: Fault[],
): readonly Dependency[] {
  const optional = field === "optional_dependencies";
  const dependencies = new Map<string, Dependency>();
  const add = (name: string, range: unknown, path: Fault["path"]): void => {
    if (dependencies.has(name)) return;
    // The schema does not see a key such as "__proto__".
    if (!isPluginName(name)) faults.push(notA(`a plugin's name (${pluginNameRule})`, name, path));
    dependencies.set(name, { name, range: resolveRange(range, path, faults), optional });
  };
  if (isList(written)) {
    written.forEach((item, index) => {
      if (typeof item !== "string") return;
      const at = item.indexOf("@");
      if (at === -1) add(item, undefined, [field, index]);
      else add(item.slice(0, at), item.slice(at + 1).trim(), [field, index]);
    });
  } else {
    for (const [name, range] of Object.entries(written)) add(name, range, [field, name]);
  }
  return [...dependencies.values()];
}

function resolveEntry(entry: string | undefined, faults: Fault[]): string | null {
  if (entry === undefined) return null;
  if (typeof entry !== "string" || leavesFolder(entry) || entry === "") {
    faults.push(notA("the path of a file inside the plugin's folder", entry, ["entry"]));
  }
  return entry;
}

function resolveGlobs(globs: readonly string[] | undefined, faults: Fault[]): readonly string[] {
  if (!Array.isArray(globs)) return noGlobs;
  globs.forEach((glob: unknown, index) => {
    if (typeof glob !== "string") return;
    if (glob === "" || leavesFolder(glob))
      faults.push(notA("a glob inside the plugin's folder", glob, ["watch", index]));
  });
  return globs as readonly string[];
}

const noGlobs: readonly string[] = Object.freeze([]);

function leavesFolder(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:)|\0/.test(path) || path.split(/[/\\]/).includes("..");
}

function notA(expected: string, value: unknown, path: Fault["path"]): Fault {
  return { path, message: `must be ${expected}, but it is ${describeJson(value)}` };
}

function isList(value: DependenciesShape): value is readonly string[] {
  return Array.isArray(value);
}
