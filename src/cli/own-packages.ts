import { basename } from "node:path";
import { readPackageManifest } from "../manifest/read-package-manifest.ts";

/** Whether a plugin's `package.json` asks for packages of its own. */
export function needsPackages(folder: string): boolean {
  return ownPackages(folder).size > 0;
}

/** The packages of its own that a plugin's `package.json` asks for; none when it is not valid. */
export function ownPackages(folder: string): ReadonlySet<string> {
  const read = readPackageManifest(folder, basename(folder));
  if (!("manifest" in read)) return new Set();
  return new Set([...read.manifest.dependencies.keys(), ...read.manifest.optionalDependencies.keys()]);
}
