import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import { flag } from "./compiled-file.ts";
import { type DynamicImport, type EsModuleFunction, evaluate, suspendedText } from "./evaluate.ts";
import { defineExport } from "./exports-object.ts";
import type { GenerationContext } from "./generation-context.ts";
import { linksOf, type ModuleRecord } from "./module-record.ts";
import { packageImporter } from "./package-importer.ts";
import { isPathLike } from "./resolve-import.ts";

/** A generation whose modules can import others later. */
export interface ModuleContext extends GenerationContext {
  dynamicImport(importer: ModuleRecord): DynamicImport;
}

/** Runs an ES module's code. A promise only when it has an `await` of its own. */
export function executeModule(record: ModuleRecord, context: ModuleContext): Promise<unknown> | undefined {
  const { file, cycle } = record;
  const body = cycle?.bodies?.get(record);
  const result = body === undefined ? call(record, file.text, context) : body.next();
  if ((file.flags & flag.async) === 0) {
    nameDefault(record);
    return undefined;
  }
  return (result as Promise<unknown>).then(() => nameDefault(record));
}

/** Begins a module of a cycle: its functions are there, its body has not run. */
export function suspendModule(record: ModuleRecord, context: ModuleContext): Generator | AsyncGenerator {
  const text = suspendedText(record.file.text, linksOf(record).bodyAt);
  const body = call(record, text, context) as Generator | AsyncGenerator;
  void body.next();
  return body;
}

function call(record: ModuleRecord, text: string, context: ModuleContext): unknown {
  const { file, imports, namespace } = record;
  const run = evaluateFile(record, text, context) as EsModuleFunction;
  const { flags, path } = file;
  return run(
    namespace,
    defineExport,
    imports.length === 0 ? undefined : imports.map((imported) => imported.namespace),
    (flags & flag.dynamicImport) === 0 ? undefined : context.dynamicImport(record),
    (flags & flag.importMeta) === 0 ? undefined : importMeta(path, context),
  );
}

/** A file's function. Throws `PLUGO_SYNTAX` for what only V8 finds wrong. */
export function evaluateFile({ file }: ModuleRecord, text: string, context: GenerationContext): unknown {
  try {
    return evaluate(text, file.flags, context);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const facts = { at: displayPath(file.path), detail: describeThrown(cause), frame: undefined };
    throw plugoError("PLUGO_SYNTAX", facts, { plugin: context.plugin, cause });
  }
}

/** `import.meta`, as Node.js has it. */
function importMeta(path: string, context: GenerationContext): object {
  const url = pathToFileURL(path).href;
  const resolve = (given: unknown): string => {
    const specifier = String(given);
    const importer = isPathLike(specifier) ? path : packageImporter(specifier, path, context);
    return context.services.resolver.resolveUrl(specifier, importer);
  };
  return Object.assign(Object.create(null) as object, {
    dirname: dirname(path),
    filename: path,
    main: false,
    resolve,
    url,
  });
}

/** `export default () => …` has the name "default"; the transformer gives it one of its own. */
function nameDefault({ file, namespace }: ModuleRecord): void {
  if ((file.flags & flag.defaultExpression) === 0) return;
  const value = namespace["default"];
  if (typeof value !== "function") return;
  // A class may have a static getter of that name.
  if (Object.getOwnPropertyDescriptor(value, "name")?.value === "__vite_ssr_export_default__") {
    Object.defineProperty(value, "name", { value: "default", configurable: true });
  }
}
