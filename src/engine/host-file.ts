import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import type { GenerationContext } from "./generation-context.ts";
import { findImportSite } from "./import-site.ts";
import { isTypeScript } from "./language.ts";

interface HostImport {
  readonly path: string;
  readonly specifier: string;
  readonly importer: string;
}

/**
 * Refuses a source file of the application that also exists as built JavaScript while the application runs from
 * JavaScript: the plugin would get a second copy of the module, with its own state. Throws `PLUGO_IMPORT_HOST_FILE`.
 */
export function checkHostFile(imported: HostImport, context: GenerationContext): void {
  const { path } = imported;
  if (!isTypeScript(path) || !runsFromJavaScript()) return;
  const built = findBuilt(path, context);
  if (built === undefined) return;
  const reason =
    `it exists as a source and as the built "${displayPath(built)}", ` +
    "which the application runs; they would be two modules, each with its own state.";
  throw hostFileError(imported, reason, context.plugin);
}

/** The error for a host file that Node.js refused. */
export function hostFileError(
  { specifier, importer }: HostImport,
  reason: string,
  plugin: string,
  cause?: unknown,
): Error {
  const facts = { specifier, reason, ...findImportSite(importer, specifier) };
  return plugoError("PLUGO_IMPORT_HOST_FILE", facts, { plugin, cause });
}

function runsFromJavaScript(): boolean {
  const [, main] = process.argv;
  if (main === undefined) return false;
  try {
    return /\.[cm]?jsx?$/.test(realpathSync.native(main));
  } catch {
    return false;
  }
}

function findBuilt(path: string, { services }: GenerationContext): string | undefined {
  const asJavaScript = (file: string): string => file.replace(/\.([cm]?)tsx?$/, ".$1js");
  const { file, outDir, rootDir } = services.compiler.project(dirname(path));
  const candidates = [asJavaScript(path)];
  if (outDir !== undefined && file !== undefined) {
    const roots = rootDir === undefined ? [dirname(file), join(dirname(file), "src")] : [rootDir];
    for (const root of roots) {
      const inside = relative(root, path);
      if (!inside.startsWith("..")) candidates.push(asJavaScript(join(outDir, inside)));
    }
  }
  return candidates.find((candidate) => candidate !== path && existsSync(candidate));
}
