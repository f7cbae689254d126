import { createRequire } from "node:module";
import { join } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { vm } from "../kernel/lazy-require.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import type { RawMap } from "./raw-map.ts";
import type { TransformInput } from "./transform.ts";

type Esbuild = Pick<typeof import("esbuild"), "transformSync">;

const decorator = /(?:^|[^\w$."'`\\*])@[\w$(]/m;

/** Whether code without types still has decorators, which no Node.js runs and oxc passes through. */
export function hasDecorators(code: string): boolean {
  return decorator.test(code) && !compiles(code);
}

/** Lowers standard decorators with the optional package esbuild. Throws `PLUGO_DECORATORS` when it is not installed. */
export function lowerDecorators(
  { path, source, settings, plugin }: TransformInput,
  loader: "ts" | "tsx" | "js" | "jsx",
): { readonly code: string; readonly map: RawMap } {
  const esbuild = findEsbuild();
  if (esbuild === undefined) throw plugoError("PLUGO_DECORATORS", { at: displayPath(path) }, { plugin });
  const { runtime, importSource, pragma, pragmaFrag } = settings.jsx;
  const lowered = esbuild.transformSync(source, {
    loader,
    format: "esm",
    target: "node20",
    sourcemap: true,
    sourcesContent: false,
    sourcefile: path,
    logLevel: "silent",
    jsx: runtime === "classic" ? "transform" : "automatic",
    ...(importSource === undefined ? {} : { jsxImportSource: importSource }),
    ...(pragma === undefined ? {} : { jsxFactory: pragma }),
    ...(pragmaFrag === undefined ? {} : { jsxFragment: pragmaFrag }),
    tsconfigRaw: {
      compilerOptions: {
        experimentalDecorators: false,
        useDefineForClassFields: settings.defineFields,
        verbatimModuleSyntax: settings.verbatimImports,
      },
    },
  });
  const { mappings, names } = JSON.parse(lowered.map) as RawMap;
  return { code: lowered.code, map: { mappings, names } };
}

/** The version of the esbuild that would be used; it decides whether an older result may be used again. */
export function esbuildVersion(): string | undefined {
  return (requireEsbuild("esbuild/package.json") as { version: string } | undefined)?.version;
}

function findEsbuild(): Esbuild | undefined {
  return requireEsbuild("esbuild") as Esbuild | undefined;
}

/** From plugo itself, else from the application. */
function requireEsbuild(specifier: string): unknown {
  for (const from of [import.meta.url, join(process.cwd(), "plugo.js")]) {
    try {
      return createRequire(from)(specifier) as unknown;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/** Whether the "@" that was seen stands in a text or a comment: V8 knows no decorators. */
function compiles(code: string): boolean {
  try {
    const { Script } = vm();
    return new Script(`(async function () {${code}\n})`) instanceof Script;
  } catch {
    return false;
  }
}
