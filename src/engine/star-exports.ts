import { defineExport } from "./exports-object.ts";
import { linksOf, type ModuleRecord } from "./module-record.ts";
import { resolveExport, starNames } from "./resolve-export.ts";

/** Gives a module what it passes on with `export *`. A name that two sources give differently is left out. */
export function defineStarExports(record: ModuleRecord): void {
  const { exports, imports } = linksOf(record);
  if (!imports.some(({ star }) => star)) return;
  for (const name of starNames(record)) {
    if (name in record.namespace || exports.some((link) => link.name === name)) continue;
    const origin = resolveExport(record, name);
    if (typeof origin === "string") continue;
    const { module, name: original } = origin;
    if (original === "*namespace*") defineExport(record.namespace, name, () => module.namespace);
    else defineExport(record.namespace, name, () => module.namespace?.[original]);
  }
}
