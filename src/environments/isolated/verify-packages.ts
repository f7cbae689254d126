import { lstatSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject } from "../../manifest/json-object.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import type { Requirements } from "../needs/requirements.ts";

/**
 * The packages that an installer should have put into a folder and did not: a package without its `package.json` is
 * none. Optional ones may be missing.
 */
export function missingPackages(folder: string, { dependencies }: Requirements): readonly string[] {
  const direct = Array.from(dependencies.keys(), (name) => `node_modules/${name}`);
  const all = new Set([...direct, ...recordedPackages(folder)]);
  return [...all].filter((path) => !isPackage(join(folder, path)));
}

/** What npm says that it has put there, which it writes last. */
function recordedPackages(folder: string): readonly string[] {
  const packages = readJsonObject(join(folder, "node_modules", ".package-lock.json"))?.["packages"];
  if (!isJsonObject(packages)) return [];
  return Object.entries(packages).flatMap(([path, entry]) => {
    const isNeeded = isJsonObject(entry) && entry["optional"] !== true && entry["peer"] !== true;
    return isNeeded && path.startsWith("node_modules/") && !path.includes("..") ? [path] : [];
  });
}

function isPackage(folder: string): boolean {
  // A package of the plugin's own folder may be a link.
  return (lstatSync(join(folder, packageFile), { throwIfNoEntry: false })?.size ?? 0) > 0;
}
