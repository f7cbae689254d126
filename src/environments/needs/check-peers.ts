import { displayPath } from "../../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../../kernel/plugo-error.ts";
import { packagePlaces } from "../../manifest/package-places.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import { meetsRange } from "../../manifest/semver-range.ts";
import { statsOf } from "../../sources/stats-of.ts";
import { classifySpec } from "./dependency-spec.ts";
import type { PeerRequirement } from "./requirements.ts";

/** Where the application's packages are looked for: upwards from each of these folders. */
export type LookupFolders = readonly string[];

/** A package that is installed. */
export interface InstalledPackage {
  /** Its `package.json`. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
}

/** @returns `PLUGO_PEER_VERSION` with every package that the application does not have, or has in another version. */
export function checkPeers(
  plugin: { readonly name: string; readonly file: string },
  peers: readonly PeerRequirement[],
  folders: LookupFolders,
): PlugoError | undefined {
  const findings = peers.flatMap((peer) => {
    const found = findInstalled(peer.name, folders);
    const needed = `${peer.name}: ${displayPath(plugin.file)} (${peer.field}) asks for ${JSON.stringify(peer.spec)}`;
    if (found === undefined) return peer.isOptional ? [] : [`${needed}, and it is not installed`];
    if (meetsSpec(found, peer.spec)) return [];
    return [`${needed}, but ${found.name}@${found.version} is installed (${displayPath(found.file)})`];
  });
  if (findings.length === 0) return undefined;
  const facts = { name: plugin.name, findings };
  return plugoError("PLUGO_PEER_VERSION", facts, { plugin: plugin.name });
}

/** The package that Node.js finds from the first of the folders that finds any. */
export function findInstalled(name: string, folders: LookupFolders): InstalledPackage | undefined {
  for (const start of folders) {
    for (const file of packagePlaces(name, start)) {
      const found = readInstalled(file, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Whether an installed package is what a dependency asks for. What says no version is met by any. */
export function meetsSpec({ name, version }: InstalledPackage, spec: string): boolean {
  const wanted = classifySpec(spec.replace(/^workspace:/, ""));
  if (wanted.kind === "range") return meetsRange(version, wanted.range);
  if (wanted.kind !== "alias") return true;
  return name === wanted.name && meetsSpec({ file: "", name, version }, wanted.spec);
}

function readInstalled(file: string, name: string): InstalledPackage | undefined {
  if (statsOf(file) === undefined) return undefined;
  const value = readJsonObject(file);
  if (typeof value?.["version"] !== "string") return undefined;
  return { file, name: typeof value["name"] === "string" ? value["name"] : name, version: value["version"] };
}
