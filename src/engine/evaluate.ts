import { lazyRequire } from "../kernel/lazy-require.ts";
import { flag } from "./compiled-file.ts";
import type { OwnedTimers } from "./engine.ts";
import type { Namespace } from "./exports-object.ts";

/** What an ES module's code gets. */
export type EsModuleFunction = (
  exports: Namespace,
  defineExport: (namespace: Namespace, name: string, get: (() => unknown) | null, value?: unknown) => void,
  imports: readonly (Namespace | undefined)[] | undefined,
  dynamicImport: DynamicImport | undefined,
  importMeta: object | undefined,
) => unknown;

/** What a CommonJS module's code gets; `this` is `module.exports`. */
export type CommonJsFunction = (
  this: unknown,
  exports: unknown,
  require: unknown,
  module: unknown,
  filename: string,
  dirname: string,
  dynamicImport: DynamicImport | undefined,
) => void;

export type DynamicImport = (specifier: unknown, options?: ImportCallOptions) => Promise<Namespace>;

const inspector = lazyRequire<typeof import("node:inspector")>("node:inspector");

const withTimers = "(function(setTimeout,setInterval,setImmediate){return ";
const esModule =
  '(__plugo_exports__,__plugo_export__,__plugo_imports__,__vite_ssr_dynamic_import__,__vite_ssr_import_meta__){"use strict";\n';
const commonJs = "(exports,require,module,__filename,__dirname,__vite_ssr_dynamic_import__){\n";

// V8 compiles each parameter: most modules need only these two.
const lonelyModuleHead = '(function(__plugo_exports__,__plugo_export__){"use strict";\n';
const esModuleHead = `(function${esModule}`;
const asyncModuleHead = `(async function${esModule}`;
const commonJsHead = `(function${commonJs}`;
const esModuleEnd = "\n;if(0)()=>__plugo_exports__})";
const commonJsEnd = "\n;if(0)()=>module})";

/** The lines before a file's own code in {@link evaluatedText}. */
export const headerLines = 1;

/**
 * The text that is evaluated: the code as a function in parentheses. Timers are parameters of a function around it,
 * so that a file's own `const setTimeout` is no second declaration. The address is the same for every generation:
 * breakpoints survive a reload. The last statement never runs: what a function mentions belongs to the scope that every
 * function of the file keeps, so the module's object is collected exactly when all of them are.
 */
export function evaluatedText(
  kind: "esm" | "commonjs",
  flags: number,
  code: string,
  url: string,
  inlineMap: string | undefined,
): string {
  const head = kind === "commonjs" ? commonJsHead : headOf(flags);
  const end = kind === "commonjs" ? commonJsEnd : esModuleEnd;
  const run = (flags & flag.timers) === 0 ? head + code + end : `${withTimers}${head}${code}${end}})`;
  const map = inlineMap === undefined ? "" : `\n//# sourceMappingURL=data:application/json;base64,${inlineMap}`;
  return `${run}\n//# sourceURL=${url}${map}`;
}

function headOf(flags: number): string {
  if ((flags & flag.async) !== 0) return asyncModuleHead;
  return (flags & (flag.imports | flag.dynamicImport | flag.importMeta)) === 0 ? lonelyModuleHead : esModuleHead;
}

/**
 * The text of a module in a cycle: a generator that stops before its body, when its functions are there for the others
 * and its variables are not yet, as in native modules.
 */
export function suspendedText(text: string, bodyAt: number): string {
  const start = text.indexOf(esModule);
  const body = start + esModule.length + bodyAt;
  return `${text.slice(0, start)}*${esModule}${text.slice(start + esModule.length, body)}yield;${text.slice(body)}`;
}

/** Evaluates a text to its function. Throws V8's `SyntaxError`. */
export function evaluate(text: string, flags: number, context: { timers(): OwnedTimers }): unknown {
  // Indirect, so in the global scope. Only code that is evaluated can be collected: modules of Node.js never are.
  // oxlint-disable-next-line no-eval
  const result = (0, eval)(text) as unknown;
  if ((flags & flag.timers) === 0) return result;
  const { setTimeout, setInterval, setImmediate } = context.timers();
  return (result as (...timers: unknown[]) => unknown)(setTimeout, setInterval, setImmediate);
}

/** Whether somebody reads source maps from the code itself: `--enable-source-maps`, or a debugger. */
export function wantsInlineMaps(): boolean {
  return process.sourceMapsEnabled === true || inspector().url() !== undefined;
}
