import { nearestName } from "../kernel/nearest-name.ts";
import { type PlugoError, plugoError } from "../kernel/plugo-error.ts";
import { flag } from "./compiled-file.ts";
import { findImportSite } from "./import-site.ts";
import { type ExternalModule, linksOf, type ModuleRecord } from "./module-record.ts";
import { resolveExport, starNames } from "./resolve-export.ts";

/**
 * Finds a name that a module imports and that is not exported; what hangs on modules that are not loaded yet is left
 * for a later look. Native modules refuse it before any code runs, and so do these where they can.
 */
export function findMissingName(record: ModuleRecord, plugin: string): PlugoError | undefined {
  if ((record.file.flags & flag.uncheckedNames) !== 0) return undefined;
  for (const [index, { specifier, names }] of linksOf(record).imports.entries()) {
    const source = record.imports[index];
    if (source === undefined) continue;
    for (const name of names) {
      const origin = resolveExport(source, name);
      if (origin === "missing" || origin === "ambiguous") return missingName(record, specifier, name, source, plugin);
    }
  }
  return undefined;
}

function missingName(
  { file }: ModuleRecord,
  specifier: string,
  name: string,
  source: ModuleRecord | ExternalModule,
  plugin: string,
): PlugoError {
  const nearest = nearestName(name, [...starNames(source), "default"]);
  const site = findImportSite(file.path, specifier, name);
  return plugoError("PLUGO_IMPORT_NAME_MISSING", { specifier, name, nearest, ...site }, { plugin });
}
