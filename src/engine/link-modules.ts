import { flag } from "./compiled-file.ts";
import { findMissingName } from "./import-check.ts";
import { type ExternalModule, linksOf, type ModuleRecord, type Target } from "./module-record.ts";

/** The files of a generation, as linking needs them. */
export interface LinkSteps {
  readonly plugin: string;
  find(path: string): ModuleRecord | undefined;
  /** Compiles a file and takes it in. */
  add(path: string): ModuleRecord;
  remove(path: string): void;
  target(importer: ModuleRecord, specifier: string, mode: "import" | "require"): Target;
}

/**
 * Takes in a file and all that it imports, and checks that each imported name is there: before any code runs, as with
 * native modules. What fails leaves nothing behind.
 */
export function linkModules(path: string, steps: LinkSteps): ModuleRecord {
  const known = steps.find(path);
  if (known !== undefined && known.state !== "new") return known;
  const added: ModuleRecord[] = [];
  try {
    const record = known ?? steps.add(path);
    added.push(record);
    // Grows while it is walked.
    for (const next of added) link(next, added, steps);
    // Where a name is passed on, the file that passes it on is to blame: it comes after those that import it.
    for (const next of added.toReversed()) {
      const missing = (next.file.flags & flag.imports) === 0 ? undefined : findMissingName(next, steps.plugin);
      if (missing !== undefined) throw missing;
    }
    return record;
  } catch (error) {
    for (const { file } of added) steps.remove(file.path);
    throw error;
  }
}

function link(importer: ModuleRecord, added: ModuleRecord[], steps: LinkSteps): void {
  if (importer.state !== "new") return;
  importer.imports = linksOf(importer).imports.map(({ specifier }): ModuleRecord | ExternalModule => {
    const target = steps.target(importer, specifier, "import");
    if (target.kind !== "own") return { external: true, importer, specifier, target, namespace: undefined };
    const known = steps.find(target.path);
    if (known !== undefined) return known;
    const record = steps.add(target.path);
    added.push(record);
    return record;
  });
  importer.state = "linked";
}
