import { dirname } from "node:path";
import { requirePackage } from "../kernel/lazy-require.ts";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import type { LoadedModules } from "./engine.ts";
import type { Namespace } from "./exports-object.ts";
import { type GenerationContext, isImportable } from "./generation-context.ts";
import { hostFileError } from "./host-file.ts";
import { findImportSite } from "./import-site.ts";
import type { ExternalModule, Target } from "./module-record.ts";
import { asNamespace } from "./native-import.ts";
import { packageImporter, packageName } from "./package-importer.ts";

/** An import that a generation does not evaluate itself. */
export interface ExternalImport {
  readonly specifier: string;
  /** The importing file. */
  readonly importer: string;
  readonly target: Target;
  readonly options?: ImportCallOptions | undefined;
}

/** Imports it: a value when it is there already. Throws, or rejects with, what Node.js says. */
export function loadExternal(
  { specifier, importer, target, options }: ExternalImport,
  context: GenerationContext,
): Namespace | Promise<Namespace> {
  const { native } = context.services;
  switch (target.kind) {
    case "native":
      return native.bare(specifier, packageImporter(specifier, importer, context), options);
    case "host":
      return native.file(target.path, options);
    case "helper":
      return loadHelper(specifier);
    case "plugin":
      return importFromPlugin(specifier, importer, target.plugin, target.path, context);
    case "own":
      throw new TypeError(`"${specifier}" is an own file`);
  }
}

/** Sets the namespace of a module that is imported statically. Throws, or rejects with, what its author can act on. */
export function loadModule(module: ExternalModule, context: GenerationContext): Promise<void> | undefined {
  const { specifier, target } = module;
  const external = { specifier, target, importer: module.importer.file.path };
  try {
    const namespace = loadExternal(external, context);
    if (namespace instanceof Promise) return setNamespace(module, namespace, external, context);
    module.namespace = namespace;
    return undefined;
  } catch (error) {
    throw explainFailure(external, error, context);
  }
}

async function setNamespace(
  module: ExternalModule,
  loading: Promise<Namespace>,
  external: ExternalImport,
  context: GenerationContext,
): Promise<void> {
  try {
    module.namespace = await loading;
  } catch (error) {
    throw explainFailure(external, error, context);
  }
}

/** What a static import says when it failed: for the author of the plugin. */
function explainFailure(external: ExternalImport, cause: unknown, context: GenerationContext): unknown {
  const { specifier, importer, target } = external;
  const { plugin } = context;
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (target.kind === "host" && isRefusal(code)) {
    const reason = code === "ERR_UNKNOWN_FILE_EXTENSION" ? "this Node.js runs no TypeScript." : describeThrown(cause);
    return hostFileError({ path: target.path, specifier, importer }, reason, plugin, cause);
  }
  if (target.kind !== "native") return cause;
  const name = packageName(specifier);
  const text = String(message);
  const from = dirname(packageImporter(specifier, importer, context));
  const missing =
    (code === "ERR_MODULE_NOT_FOUND" && text.includes(`'${name}' imported from ${from}`)) ||
    code === "ERR_UNKNOWN_BUILTIN_MODULE";
  const notExported =
    code === "ERR_PACKAGE_PATH_NOT_EXPORTED" || (code === "ERR_MODULE_NOT_FOUND" && text.includes(from));
  if (!missing && !notExported) return cause;
  const hint = specifier.startsWith("node:")
    ? `Correct the name: this Node.js (${process.version}) has no such module.`
    : missing
      ? `Run "npm install ${name}", or add "${name}" to the dependencies in the plugin's package.json.`
      : `Correct the path: ${text}`;
  return plugoError(
    "PLUGO_IMPORT_NOT_FOUND",
    { specifier, hint, ...findImportSite(importer, specifier) },
    { plugin, cause },
  );
}

function isRefusal(code: unknown): boolean {
  return code === "ERR_UNKNOWN_FILE_EXTENSION" || code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX";
}

function loadHelper(specifier: string): Namespace {
  const helper = requirePackage<{ default?: unknown }>(specifier);
  return asNamespace(helper.default ?? helper);
}

function importFromPlugin(
  specifier: string,
  importer: string,
  name: string,
  path: string,
  { dependency, plugin }: GenerationContext,
): Namespace | Promise<Namespace> {
  const modules = dependency(name);
  const importFrom = (loaded: LoadedModules | undefined): Namespace | Promise<Namespace> => {
    if (isImportable(loaded)) return loaded.import(path);
    const hint = `The plugin "${name}" does not run; import from it with await import("${specifier}") when it does.`;
    throw plugoError("PLUGO_IMPORT_NOT_FOUND", { specifier, hint, ...findImportSite(importer, specifier) }, { plugin });
  };
  return modules instanceof Promise ? modules.then(importFrom) : importFrom(modules);
}
