import { isJsonObject } from "./json-object.ts";
import { describeJson } from "./must-be.ts";
import type { Fault } from "./resolve-manifest.ts";

/** What plugo reads of a `package.json`: every field is there, frozen. */
export interface PackageManifest {
  /** The path of the `package.json`. */
  readonly file: string;
  /** The file's text: a manifest with other text is another one. */
  readonly text: string;
  /** Each package's version range, or whatever else npm takes in its place, by the package's name. */
  readonly dependencies: PackageSpecs;
  readonly optionalDependencies: PackageSpecs;
  /** Those that `peerDependenciesMeta` names as optional are in `optionalPeers`, too. */
  readonly peerDependencies: PackageSpecs;
  readonly optionalPeers: ReadonlySet<string>;
  /** As npm reads it, as it is written; `null` when there is none. */
  readonly overrides: Readonly<Record<string, unknown>> | null;
}

/** By the package's name, in the order they are written. A map, because a package may be named like a field of objects. */
export type PackageSpecs = ReadonlyMap<string, string>;

/** Picks what counts of a package.json's value. What is wrong is added to `faults`. */
export function resolvePackageManifest(
  value: Readonly<Record<string, unknown>>,
  origin: { readonly file: string; readonly text: string },
  faults: Fault[],
): PackageManifest {
  return Object.freeze({
    ...origin,
    dependencies: specsOf(value, "dependencies", faults),
    optionalDependencies: specsOf(value, "optionalDependencies", faults),
    peerDependencies: specsOf(value, "peerDependencies", faults),
    optionalPeers: optionalPeersOf(value, faults),
    overrides: overridesOf(value, faults),
  });
}

/** A package's name as npm has them. Old packages have capitals. */
export function isPackageName(name: string): boolean {
  return name.length <= 214 && packageName.test(name) && name !== "__proto__" && name !== "node_modules";
}

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
const packageNameRule = 'the name of an npm package, such as "lodash" or "@scope/name"';

const noSpecs: PackageSpecs = new Map();
const noNames: ReadonlySet<string> = new Set();

function specsOf(value: Readonly<Record<string, unknown>>, field: string, faults: Fault[]): PackageSpecs {
  const written = fieldOf(value, field);
  if (written === undefined) return noSpecs;
  if (!isJsonObject(written)) {
    faults.push(mustBe('an object such as { "lodash": "^4.17.0" }', written, [field]));
    return noSpecs;
  }
  const specs = new Map<string, string>();
  for (const [name, spec] of Object.entries(written)) {
    if (!isPackageName(name)) faults.push(mustBe(packageNameRule, name, [field, name]));
    else if (typeof spec !== "string") faults.push(mustBe('a version range such as "^1.2.0"', spec, [field, name]));
    else if (!isOneLine(spec)) faults.push(mustBe("a version range on one line", spec, [field, name]));
    else specs.set(name, spec.trim());
  }
  return specs.size === 0 ? noSpecs : specs;
}

/** npm takes nothing that is longer, and a line break could write another line into a file or a log. */
function isOneLine(spec: string): boolean {
  // oxlint-disable-next-line no-control-regex -- none of them is in any version, path or address
  return spec.length <= 2048 && !/[\0-\x1F\x7F]/.test(spec);
}

function optionalPeersOf(value: Readonly<Record<string, unknown>>, faults: Fault[]): ReadonlySet<string> {
  const field = "peerDependenciesMeta";
  const written = fieldOf(value, field);
  if (written === undefined) return noNames;
  const expected = 'an object such as { "express": { "optional": true } }';
  if (!isJsonObject(written)) {
    faults.push(mustBe(expected, written, [field]));
    return noNames;
  }
  const names = new Set<string>();
  for (const [name, meta] of Object.entries(written)) {
    const optional = isJsonObject(meta) ? fieldOf(meta, "optional") : meta;
    if (isJsonObject(meta) && (optional === undefined || typeof optional === "boolean")) {
      if (optional === true) names.add(name);
    } else {
      faults.push(mustBe('an object such as { "optional": true }', meta, [field, name]));
    }
  }
  return names;
}

function overridesOf(
  value: Readonly<Record<string, unknown>>,
  faults: Fault[],
): Readonly<Record<string, unknown>> | null {
  const written = fieldOf(value, "overrides");
  if (written === undefined) return null;
  if (!isJsonObject(written)) {
    faults.push(mustBe('an object such as { "lodash": "^4.17.0" }', written, ["overrides"]));
    return null;
  }
  checkOverrides(written, ["overrides"], faults);
  return written;
}

/** The value is nested no deeper than `maxJsonDepth`. */
function checkOverrides(written: Readonly<Record<string, unknown>>, path: Fault["path"], faults: Fault[]): void {
  for (const [name, override] of Object.entries(written)) {
    const at = [...path, name];
    if (isJsonObject(override)) checkOverrides(override, at, faults);
    else if (typeof override !== "string" || !isOneLine(override)) {
      faults.push(mustBe("a version, or an object of overrides", override, at));
    } else if (name === "__proto__") faults.push(mustBe(packageNameRule, name, at));
  }
}

/** The value of a field that the object itself has. */
function fieldOf(value: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(value, field) ? value[field] : undefined;
}

function mustBe(expected: string, value: unknown, path: Fault["path"]): Fault {
  return { path, message: `must be ${expected}, but it is ${describeJson(value)}` };
}
