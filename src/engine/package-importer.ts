import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isWithin } from "../kernel/is-within.ts";

/** Where a plugin's packages are. */
interface PackagePlaces {
  /** The plugin's folder. */
  readonly folder: string;
  /** The folder whose `node_modules` comes first; `null` when there is none. */
  readonly environment: string | null;
}

/**
 * The file (there may be none) that Node.js has to take a package's importer for: one in the plugin's environment when
 * that has the package, else one beside the importing file. So a generation keeps its environment when the next one has
 * another, although Node.js remembers for each importer what it has resolved.
 */
export function packageImporter(specifier: string, importer: string, { folder, environment }: PackagePlaces): string {
  const beside = dirname(importer);
  if (environment === null || !isWithin(importer, folder)) return join(beside, fileName);
  // What "imports" in the plugin's package.json leads to may be a package.
  if (specifier.startsWith("#")) return join(beside, `${basename(environment)}.js`);
  const hasPackage = existsSync(join(environment, "node_modules", packageName(specifier)));
  return join(hasPackage ? environment : beside, fileName);
}

/** The name of the package that a specifier leads into. */
export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

const fileName = "plugin.js";
