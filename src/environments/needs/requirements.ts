import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { isWithin } from "../../kernel/is-within.ts";
import { plugoError, type PlugoError } from "../../kernel/plugo-error.ts";
import { placeFaults } from "../../manifest/explain-json.ts";
import { isJsonObject } from "../../manifest/json-object.ts";
import type { PackageManifest, PackageSpecs } from "../../manifest/package-manifest.ts";
import type { Fault } from "../../manifest/resolve-manifest.ts";
import { classifySpec } from "./dependency-spec.ts";
import type { HostSettings } from "./host-settings.ts";

/** What a plugin needs of packages, after the application has had its say. */
export interface Requirements {
  /** What is installed for the plugin. */
  readonly dependencies: PackageSpecs;
  readonly optionalDependencies: PackageSpecs;
  readonly overrides: Readonly<Record<string, unknown>> | null;
  /** The dependencies that are folders or archives, each as its absolute path, by the package's name. */
  readonly files: ReadonlyMap<string, string>;
  /** What has to come from the application. */
  readonly peers: readonly PeerRequirement[];
}

export interface PeerRequirement {
  readonly name: string;
  readonly spec: string;
  readonly isOptional: boolean;
  /** The field of the plugin's `package.json` that asks for it. */
  readonly field: "peerDependencies" | "dependencies" | "optionalDependencies";
}

/**
 * Sorts what a plugin's `package.json` asks for: what is installed, and what the application has to have.
 *
 * @param folder The plugin's folder, with symbolic links resolved.
 * @returns `PLUGO_DEPENDENCY_REFUSED` with every dependency that comes from elsewhere than the registry or the plugin's
 * own folder and that the application does not allow.
 */
export function requirementsOf(
  plugin: { readonly name: string; readonly folder: string },
  manifest: PackageManifest,
  settings: HostSettings,
): Requirements | PlugoError {
  const peers = peersOf(manifest, settings);
  const fromHost = new Set(peers.map(({ name }) => name));
  const optionalDependencies = without(manifest.optionalDependencies, fromHost);
  // As npm has it: what is in both is optional.
  const dependencies = without(manifest.dependencies, new Set([...fromHost, ...optionalDependencies.keys()]));
  const files = new Map<string, string>();
  const faults: Fault[] = [];
  const check = (name: string, spec: string, path: Fault["path"]): void => {
    const found = classifySpec(spec);
    const file = found.kind === "file" ? resolve(plugin.folder, found.path) : undefined;
    if (file !== undefined) files.set(name, file);
    const isOwn = file !== undefined && path[0] !== "overrides" && isOwnFile(file, plugin.folder);
    if (registryKinds.has(found.kind) || isOwn) return;
    const isAllowed = !notToAllow.has(found.kind) && settings.allowedDependencies.has(`${name}@${spec}`);
    if (!isAllowed) faults.push({ path, message: refusal(name, spec, found) });
  };
  for (const [name, spec] of dependencies) check(name, spec, ["dependencies", name]);
  for (const [name, spec] of optionalDependencies) check(name, spec, ["optionalDependencies", name]);
  if (manifest.overrides !== null) checkOverrides(manifest.overrides, ["overrides"], check);
  if (faults.length > 0) return refused(plugin.name, manifest, settings, faults);
  return { dependencies, optionalDependencies, overrides: manifest.overrides, files, peers };
}

const registryKinds: ReadonlySet<string> = new Set(["range", "tag", "alias"]);
const notToAllow: ReadonlySet<string> = new Set(["protocol", "unknown"]);

/** What is both a peer and a dependency is the application's: the plugin says that there must be one only. */
function peersOf(manifest: PackageManifest, { sharedDependencies }: HostSettings): readonly PeerRequirement[] {
  const peers: PeerRequirement[] = [];
  for (const [name, spec] of manifest.peerDependencies) {
    peers.push({ name, spec, isOptional: manifest.optionalPeers.has(name), field: "peerDependencies" });
  }
  if (sharedDependencies.size === 0) return peers;
  for (const field of ["dependencies", "optionalDependencies"] as const) {
    for (const [name, spec] of manifest[field]) {
      if (!sharedDependencies.has(name) || manifest.peerDependencies.has(name)) continue;
      peers.push({ name, spec, isOptional: field === "optionalDependencies", field });
    }
  }
  return peers;
}

function without(specs: PackageSpecs, names: ReadonlySet<string>): PackageSpecs {
  if (specs.size === 0 || names.size === 0) return specs;
  return new Map([...specs].filter(([name]) => !names.has(name)));
}

function isOwnFile(file: string, folder: string): boolean {
  let target = file;
  try {
    target = realpathSync(file);
  } catch {
    // The installation says that it is not there.
  }
  return target !== folder && isWithin(target, folder);
}

function checkOverrides(
  overrides: Readonly<Record<string, unknown>>,
  path: Fault["path"],
  check: (name: string, spec: string, path: Fault["path"]) => void,
): void {
  for (const [name, override] of Object.entries(overrides)) {
    const at = [...path, name];
    if (isJsonObject(override)) checkOverrides(override, at, check);
    // "$name" is what the dependency of that name has.
    else if (typeof override === "string" && !override.startsWith("$")) check(name, override, at);
  }
}

function refusal(name: string, spec: string, { kind, ...found }: ReturnType<typeof classifySpec>): string {
  const shown = JSON.stringify(spec.slice(0, 200));
  const allow = `; the application allows it with "allowedDependencies": [${JSON.stringify(`${name}@${spec}`.slice(0, 300))}]`;
  if (kind === "git") return `${shown} is fetched with git${allow}`;
  if (kind === "http") return `${shown} is fetched from any address, which no registry vouches for${allow}`;
  if (kind === "file") return `${shown} is outside the plugin's folder${allow}`;
  const protocol = "protocol" in found ? `"${found.protocol}:"` : shown;
  return kind === "protocol"
    ? `${protocol} means nothing outside the application's own packages: write a version range, or list "${name}" in "sharedDependencies" of the application`
    : `${shown} is neither a version range nor a tag, a file or an address`;
}

function refused(
  name: string,
  manifest: PackageManifest,
  settings: HostSettings,
  faults: readonly Fault[],
): PlugoError {
  const findings = placeFaults({ text: manifest.text, file: displayPath(manifest.file) }, faults);
  const facts = { name, findings, hostFile: displayPath(settings.file) };
  return plugoError("PLUGO_DEPENDENCY_REFUSED", facts, { plugin: name });
}
