import type { OxcError, TransformOptions } from "oxc-transform";
import { codeFrame, type Position, positionAt } from "../kernel/code-frame.ts";
import { displayPath } from "../kernel/display-path.ts";
import { lazyRequire } from "../kernel/lazy-require.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { type FileLinks, flag } from "./compiled-file.ts";
import type { Language } from "./language.ts";
import type { RawMap } from "./raw-map.ts";
import { readRunnerOutput } from "./runner-output.ts";
import { findInMap } from "./source-map.ts";
import { hasDecorators, lowerDecorators } from "./standard-decorators.ts";
import type { TransformSettings } from "./transform-settings.ts";

export interface TransformInput {
  readonly path: string;
  readonly source: string;
  readonly language: Exclude<Language, "json">;
  /** What the nearest package.json says about `.js` files. */
  readonly packageType: "module" | "commonjs" | undefined;
  readonly settings: TransformSettings;
  readonly plugin: string;
}

/** A file's code without anything that depends on where the file lies. */
export interface Transformed {
  readonly kind: "esm" | "commonjs";
  readonly flags: number;
  readonly links: FileLinks;
  readonly code: string;
  /** The source maps from `code` back to the source, the last step first; empty when nothing has moved. */
  readonly maps: readonly RawMap[];
}

/** The version that package.json pins: another one may write other code. */
export const transformerVersion = "0.151.0";

const oxc = lazyRequire<typeof import("oxc-transform")>("oxc-transform");
const target = "node20";
const noLinks: FileLinks = { imports: [], exports: [], bodyAt: 0 };
const commonJsSigns = /\bmodule\s*\.\s*exports\b|\bexports\s*[.[]|\brequire\s*[.(]/;
const dynamicImport = /(?<![\w$.])import\s*\(/;
const timers = /\bset(?:Timeout|Interval|Immediate)\b/;

/**
 * Turns a source file into code for the evaluator: without TypeScript, JSX and decorators, with its imports and
 * exports as data. Throws `PLUGO_SYNTAX` and `PLUGO_DECORATORS`. The one place that knows oxc-transform.
 */
export function transform(input: TransformInput): Transformed {
  refuseDeepNesting(input);
  const source = input.source.startsWith("#!") ? `//${input.source.slice(2)}` : input.source;
  const file = source === input.source ? input : { ...input, source };
  switch (file.language) {
    case "cjs":
      return fromCommonJs(file.source, []);
    case "cts":
      return fromTypedCommonJs(file);
    case "js":
      return isCommonJs(file) ? fromCommonJs(file.source, []) : fromModule(file);
    case "ts":
    case "tsx":
    case "jsx":
    case "mjs":
      return fromModule(file);
  }
}

/**
 * The transformer is recursive native code: at about 10 000 levels it overflows the stack, which ends the process.
 * Counts brackets wherever they stand, since nothing that people write comes near.
 */
function refuseDeepNesting({ path, source, plugin }: TransformInput): void {
  if (source.length < maxNesting) return;
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === 0x28 || code === 0x5b || code === 0x7b) depth += 1;
    else if (code === 0x29 || code === 0x5d || code === 0x7d) depth -= 1;
    if (depth <= maxNesting) continue;
    const { line, column } = positionAt(source, at);
    const detail = `more than ${maxNesting} brackets are open here.`;
    throw plugoError(
      "PLUGO_SYNTAX",
      { at: `${displayPath(path)}:${line}:${column}`, detail, frame: undefined },
      { plugin },
    );
  }
}

const maxNesting = 4_000;

function fromModule(file: TransformInput): Transformed {
  const typed = file.language === "ts" || file.language === "tsx" || file.language === "cts";
  const jsx = file.language === "tsx" || file.language === "jsx";
  const lang = typed ? (jsx ? "tsx" : "ts") : jsx ? "jsx" : "js";
  const plain = oxc().transformSync(file.path, file.source, {
    ...optionsFor(file.settings),
    lang,
    sourceType: "module",
  });
  throwFirst(file, plain.errors);
  let map = rawMap(plain.map);
  let runner = oxc().moduleRunnerTransformSync("module.mjs", plain.code, { sourcemap: true });
  throwFirst(file, runner.errors, { code: plain.code, map });
  const decorated = !file.settings.legacyDecorators && hasDecorators(runner.code);
  if (decorated) {
    const lowered = lowerDecorators(file, lang);
    map = lowered.map;
    runner = oxc().moduleRunnerTransformSync("module.mjs", lowered.code, { sourcemap: true });
    throwFirst(file, runner.errors, lowered);
  }
  const { links, code, hasLiveExports } = readRunnerOutput(runner.code);
  const flags =
    (hasTopLevelAwait(code) ? flag.async : 0) |
    (timers.test(code) ? flag.timers : 0) |
    (code.includes("__vite_ssr_import_meta__") ? flag.importMeta : 0) |
    (code.includes("__vite_ssr_dynamic_import__") ? flag.dynamicImport : 0) |
    (links.imports.length > 0 ? flag.imports : 0) |
    (file.settings.decoratorMetadata && links.imports.some(isMetadataHelper) ? flag.uncheckedNames : 0) |
    (code.includes("__vite_ssr_export_default__") ? flag.defaultExpression : 0) |
    (decorated ? flag.lowered : 0) |
    (hasLiveExports ? flag.liveExports : 0);
  return { kind: "esm", flags, links, code, maps: [rawMap(runner.map), map] };
}

/** TypeScript's `.cts`: CommonJS, with `import x = require()` and `export =`, or an ES module by its syntax. */
function fromTypedCommonJs(file: TransformInput): Transformed {
  const options = { ...optionsFor(file.settings), lang: "ts", sourceType: "commonjs" } as const;
  const plain = oxc().transformSync(file.path, file.source, options);
  const runner = oxc().moduleRunnerTransformSync("module.mjs", plain.code, {});
  if (hasModuleSyntax(runner)) return fromModule(file);
  throwFirst(file, plain.errors);
  return fromCommonJs(plain.code, [rawMap(plain.map)]);
}

/** CommonJS code is evaluated as it stands; only `import()` has to be handed in. */
function fromCommonJs(source: string, maps: readonly RawMap[]): Transformed {
  const flags = timers.test(source) ? flag.timers : 0;
  if (!dynamicImport.test(source)) return { kind: "commonjs", flags, links: noLinks, code: source, maps };
  const base = { kind: "commonjs", flags: flags | flag.dynamicImport, links: noLinks } as const;
  const runner = oxc().moduleRunnerTransformSync("module.mjs", source, { sourcemap: true });
  if (runner.errors.length === 0) return { ...base, code: runner.code, maps: [rawMap(runner.map), ...maps] };
  // What only a function's body may hold, like a return.
  const inFunction = oxc().moduleRunnerTransformSync("module.mjs", `(()=>{${source}\n})`, { sourcemap: true });
  if (inFunction.errors.length === 0) {
    const code = inFunction.code.slice(inFunction.code.indexOf("\n"), inFunction.code.lastIndexOf("}"));
    return { ...base, code, maps: [rawMap(inFunction.map), ...maps] };
  }
  // What only sloppy code may hold, which the transformer cannot read.
  const code = source.replaceAll(new RegExp(dynamicImport, "g"), "__vite_ssr_dynamic_import__(");
  return { ...base, code, maps };
}

/** A `.js` file is CommonJS when it has no syntax of ES modules and its package or its code says CommonJS. */
function isCommonJs({ source, packageType }: TransformInput): boolean {
  if (packageType === "module") return false;
  if (packageType === undefined && !commonJsSigns.test(source)) return false;
  const runner = oxc().moduleRunnerTransformSync("module.mjs", source, {});
  if (runner.errors.length > 0) return !/^[ \t]*(?:import\b(?!\s*\()|export\b)/m.test(source);
  return !hasModuleSyntax(runner) && !hasTopLevelAwait(runner.code);
}

function hasModuleSyntax({ code, deps }: { readonly code: string; readonly deps: readonly string[] }): boolean {
  return deps.length > 0 || code.includes("__vite_ssr_exports__") || code.includes("__vite_ssr_import_meta__");
}

function hasTopLevelAwait(code: string): boolean {
  if (!/\bawait\b/.test(code)) return false;
  const asFunction = `(function() {\n${code}\n})`;
  return oxc().transformSync("module.mjs", asFunction, { lang: "js", sourceType: "module" }).errors.length > 0;
}

function isMetadataHelper({ specifier }: { readonly specifier: string }): boolean {
  return specifier === "@oxc-project/runtime/helpers/decorateMetadata";
}

function optionsFor({ jsx, ...settings }: TransformSettings): TransformOptions {
  return {
    target,
    sourcemap: true,
    decorator: {
      legacy: settings.legacyDecorators,
      emitDecoratorMetadata: settings.decoratorMetadata,
      strictNullChecks: settings.strictNullChecks,
    },
    assumptions: { setPublicClassFields: !settings.defineFields },
    typescript: {
      onlyRemoveTypeImports: settings.verbatimImports,
      removeClassFieldsWithoutInitializer: !settings.defineFields,
      ...(jsx.pragma === undefined ? {} : { jsxPragma: jsx.pragma }),
      ...(jsx.pragmaFrag === undefined ? {} : { jsxPragmaFrag: jsx.pragmaFrag }),
    },
    jsx: {
      runtime: jsx.runtime,
      development: jsx.development,
      ...(jsx.importSource === undefined ? {} : { importSource: jsx.importSource }),
      ...(jsx.pragma === undefined ? {} : { pragma: jsx.pragma }),
      ...(jsx.pragmaFrag === undefined ? {} : { pragmaFrag: jsx.pragmaFrag }),
    },
  };
}

function rawMap(map: { mappings: string; names: string[] } | undefined): RawMap {
  return { mappings: map?.mappings ?? "", names: map?.names ?? [] };
}

/** @param step What was read instead of the source. */
function throwFirst({ path, source, plugin }: TransformInput, errors: readonly OxcError[], step?: TransformStep): void {
  const [error] = errors;
  if (error === undefined) return;
  const [label] = error.labels;
  const detail = error.helpMessage === null ? error.message : `${error.message} (${error.helpMessage})`;
  const position = label === undefined ? undefined : positionOf(label.start, source, step);
  const at = position === undefined ? displayPath(path) : `${displayPath(path)}:${position.line}:${position.column}`;
  const frame = position === undefined ? undefined : codeFrame(source, position);
  throw plugoError("PLUGO_SYNTAX", { at, detail, frame }, { plugin });
}

/** Code on the way from the source to what is evaluated. */
interface TransformStep {
  readonly code: string;
  readonly map: RawMap;
}

/** @param offset In bytes of UTF-8, as oxc counts. */
function positionOf(offset: number, source: string, step: TransformStep | undefined): Position | undefined {
  const text = step?.code ?? source;
  const position = positionAt(text, Buffer.from(text).subarray(0, offset).toString().length);
  return step === undefined ? position : findInMap(step.map)(position);
}
