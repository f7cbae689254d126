import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isJsonObject } from "../manifest/json-object.ts";
import { readJsonObject } from "../manifest/read-json-object.ts";
import { isFile } from "../sources/stats-of.ts";
import { version } from "../version.ts";

/** The folder of this package. */
export const packageFolder: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** plugo's own templates. */
export const templatesFolder: string = join(packageFolder, "templates");

export const packageName = "@plugo/node";

/**
 * What a new `package.json` says to get this very copy of plugo: its version; or, when it came from a file or is a
 * checkout, where that is.
 */
export function ownSpec(): string {
  const modules = dirname(dirname(packageFolder));
  if (basename(modules) !== "node_modules") return `file:${packageFolder}`;
  const resolved = resolvedIn(join(modules, ".package-lock.json"));
  if (resolved?.startsWith("file:") !== true) return `^${version}`;
  const file = resolve(dirname(modules), resolved.slice("file:".length));
  return isFile(file) ? `file:${file}` : `^${version}`;
}

/** Where npm got this package from when it installed it. */
function resolvedIn(lockfile: string): string | undefined {
  const packages = readJsonObject(lockfile)?.["packages"];
  const entry = isJsonObject(packages) ? packages[`node_modules/${packageName}`] : undefined;
  const resolved = isJsonObject(entry) ? entry["resolved"] : undefined;
  return typeof resolved === "string" ? resolved : undefined;
}
