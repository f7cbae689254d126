import { relative, sep } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { findByAnyCase, findCaseMismatch } from "./case-mismatch.ts";
import type { GenerationContext } from "./generation-context.ts";
import { checkHostFile } from "./host-file.ts";
import { findImportSite } from "./import-site.ts";
import { languageOf } from "./language.ts";
import type { Target } from "./module-record.ts";

const helpers = "@oxc-project/runtime/helpers/";
const native: Target = { kind: "native" };
const helper: Target = { kind: "helper" };

/**
 * Decides what a specifier means to a generation: an own copy of a file, another plugin's, or something that Node.js
 * imports. Throws the `PLUGO_IMPORT_…` errors.
 */
export function resolveTarget(
  specifier: string,
  importer: string,
  mode: "import" | "require",
  context: GenerationContext,
): Target {
  if (specifier.startsWith(helpers)) return helper;
  const { services, plugin, folder } = context;
  const resolved = services.resolver.resolve(specifier, importer, mode);
  if (resolved.kind === "native") return native;
  if (resolved.kind === "missing") throw notFound(specifier, importer, plugin);
  const { path } = resolved;
  const mismatch = findCaseMismatch(path, folder);
  if (mismatch !== undefined) throw caseError(specifier, importer, mismatch, plugin);
  if (isInPackage(path, folder)) return { kind: "host", path };

  const owner = context.owners.ownerOf(path);
  if (owner.kind === "host") {
    checkHostFile({ path, specifier, importer }, context);
    return { kind: "host", path };
  }
  if (owner.kind === "plugin" && owner.name !== plugin) {
    if (!context.declares(owner.name)) {
      const facts = { specifier, other: owner.name, ...findImportSite(importer, specifier) };
      throw plugoError("PLUGO_IMPORT_UNDECLARED", facts, { plugin });
    }
    return { kind: "plugin", plugin: owner.name, path };
  }
  return { kind: languageOf(path) === undefined ? "host" : "own", path };
}

/** Inside a node_modules folder; a plugin directory that itself lies in one does not count. */
function isInPackage(path: string, folder: string): boolean {
  if (!path.includes(`${sep}node_modules${sep}`)) return false;
  const inside = path.startsWith(folder + sep) ? relative(folder, path) : path;
  return `${sep}${inside}`.includes(`${sep}node_modules${sep}`);
}

function notFound(specifier: string, importer: string, plugin: string): Error {
  const mismatch = findByAnyCase(specifier, importer);
  if (mismatch !== undefined) return caseError(specifier, importer, mismatch, plugin);
  const site = findImportSite(importer, specifier);
  const hint = specifier.startsWith("#")
    ? `Add "${specifier}" to "imports" in the nearest package.json, or correct it.`
    : undefined;
  return plugoError("PLUGO_IMPORT_NOT_FOUND", { specifier, ...site, hint }, { plugin });
}

function caseError(specifier: string, importer: string, actual: string, plugin: string): Error {
  const site = findImportSite(importer, specifier);
  return plugoError("PLUGO_IMPORT_CASE", { specifier, actual: displayPath(actual), ...site }, { plugin });
}
