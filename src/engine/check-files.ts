import { join } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { EngineOptions, LoadRequest } from "./engine.ts";
import { FileCompiler } from "./file-compiler.ts";
import type { EngineServices } from "./generation-context.ts";
import { findImportSite } from "./import-site.ts";
import { linkModules } from "./link-modules.ts";
import { ModuleGraph } from "./module-graph.ts";
import { isExternal, type ModuleRecord } from "./module-record.ts";
import { NativeImports } from "./native-import.ts";
import { packageImporter, packageName } from "./package-importer.ts";
import { resolveExport, starNames } from "./resolve-export.ts";
import { ImportResolver } from "./resolve-import.ts";
import { TransformCache } from "./transform-cache.ts";

/** What a check needs to know of one plugin. */
export type CheckRequest = Pick<LoadRequest, "plugin" | "folder" | "environment" | "entry" | "owners" | "declares"> & {
  /** Whether a package that is not there will be, because the plugin's environment gets it. */
  readonly willHave: (packageName: string) => boolean;
};

/**
 * Looks at plugins' files as the runner would before it evaluates any of them: reads and transforms the entry and what
 * it imports statically, resolves every import, and compares imported names with what is exported. No code runs.
 *
 * @returns What is wrong with a plugin's files first; `undefined` when nothing is.
 */
export function createFileCheck(options: EngineOptions): (request: CheckRequest) => PlugoError | undefined {
  const compiler = new FileCompiler(new TransformCache(options));
  const services: EngineServices = {
    compiler,
    resolver: new ImportResolver((folder) => compiler.project(folder)),
    native: new NativeImports(),
    mapStack: (error) => String(error),
    importedLate: () => {},
  };
  return (request) => checkFiles(request, services);
}

function checkFiles(request: CheckRequest, services: EngineServices): PlugoError | undefined {
  try {
    const graph = new ModuleGraph({ ...request, ...unloaded }, services);
    const entry = linkModules(request.entry, graph);
    return missingPackage(entry, request, services) ?? missingInit(entry, request);
  } catch (error) {
    if (isPlugoError(error)) return error;
    throw error;
  }
}

/** What a load request says about other generations: there are none. */
const unloaded = {
  generation: 1,
  dependency: () => undefined,
  timers: () => ({ setTimeout, setInterval, setImmediate }),
  previous: undefined,
  restore: false,
} satisfies Partial<LoadRequest>;

function missingPackage(entry: ModuleRecord, request: CheckRequest, services: EngineServices): PlugoError | undefined {
  for (const record of reachable(entry)) {
    for (const imported of record.imports) {
      if (!isExternal(imported) || imported.target.kind !== "native") continue;
      const { specifier } = imported;
      const name = packageName(specifier);
      if (isAddress(specifier) || request.willHave(name)) continue;
      const importer = record.file.path;
      try {
        services.resolver.resolveUrl(specifier, packageImporter(specifier, importer, request));
      } catch {
        const hint = `Run "npm install ${name}", or add "${name}" to the dependencies in "${displayPath(join(request.folder, "package.json"))}".`;
        const facts = { specifier, hint, ...findImportSite(importer, specifier) };
        return plugoError("PLUGO_IMPORT_NOT_FOUND", facts, { plugin: request.plugin });
      }
    }
  }
  return undefined;
}

/** `data:` and the like. */
function isAddress(specifier: string): boolean {
  return /^(?!node:)[a-z]+:/.test(specifier);
}

function reachable(entry: ModuleRecord): ReadonlySet<ModuleRecord> {
  const records = new Set([entry]);
  for (const record of records) for (const next of record.imports) if (!isExternal(next)) records.add(next);
  return records;
}

/** Only of an ES module is it known, without running it, what it exports; and not whether that can be called. */
function missingInit(entry: ModuleRecord, { plugin }: CheckRequest): PlugoError | undefined {
  if (entry.file.kind !== "esm") return undefined;
  if (["initPlugin", "default"].some((name) => resolveExport(entry, name) !== "missing")) return undefined;
  const found = [...starNames(entry)];
  const hint = found.includes("init_plugin")
    ? "Rename init_plugin to initPlugin: it gets the context as one object."
    : undefined;
  return plugoError("PLUGO_NO_INIT", { file: displayPath(entry.file.path), found, hint }, { plugin });
}
