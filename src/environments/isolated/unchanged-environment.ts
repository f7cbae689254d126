import { join } from "node:path";
import { readPackageText } from "../../manifest/read-package-file.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { readTextOfFile } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";
import { pluginLockFile, readMarker, type EnvironmentMarker } from "../home/environment-marker.ts";
import type { Installer } from "../installers/installer.ts";
import { checkPeers } from "../needs/check-peers.ts";
import { lookupFolders } from "../needs/read-needs.ts";
import type { PeerRequirement } from "../needs/requirements.ts";
import type { PluginToProvision } from "../provisioner.ts";

/** What an environment that a plugin links to is compared with. */
export interface ComparedWith {
  /** See `SeenFiles.host`. */
  readonly hostText: string;
  readonly hostFolder: string;
  readonly installer: Installer;
}

/**
 * What the environment that a plugin links to says about itself, when everything that it was made from is as it was
 * then. The usual start asks no more: texts are compared, and nothing is parsed or hashed. That there is another version
 * of the installer now is no reason to leave it.
 */
export function unchangedEnvironment(
  plugin: PluginToProvision,
  environment: string,
  { hostText, hostFolder, installer }: ComparedWith,
): EnvironmentMarker | undefined {
  const { name, version, folder } = plugin;
  const marker = readMarker(environment);
  if (marker === undefined || marker.plugin !== name || marker.version !== version) return undefined;
  const { seen, lock } = marker;
  if (seen.host !== hostText || !isMadeBy(installer, marker) || seen.packageJson === null) return undefined;
  const packageJson = readPackageText(join(folder, packageFile));
  if (!("text" in packageJson) || packageJson.text !== seen.packageJson) return undefined;
  const lockfile = join(folder, installer.lockfile);
  const hasLock = statsOf(lockfile) !== undefined;
  if (hasLock !== (lock !== null) || (hasLock && !isSameText(lockfile, join(environment, pluginLockFile))))
    return undefined;
  if (seen.peers === "[]") return marker;
  const peers = JSON.parse(seen.peers) as readonly PeerRequirement[];
  const folders = lookupFolders(folder, { kind: "linked", environment }, hostFolder);
  return checkPeers({ name, file: join(folder, packageFile) }, peers, folders) === undefined ? marker : undefined;
}

function isMadeBy({ name }: Installer, marker: EnvironmentMarker): boolean {
  return marker.installer === name || marker.installer.startsWith(`${name}@`);
}

function isSameText(a: string, b: string): boolean {
  try {
    return readTextOfFile(a) === readTextOfFile(b);
  } catch {
    return false;
  }
}
