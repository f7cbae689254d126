import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { contentHash } from "../kernel/content-hash.ts";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown, isPlugoError, type PlugoError, plugoError } from "../kernel/plugo-error.ts";
import type { Engine, EngineOptions, LoadedModules, LoadRequest } from "./engine.ts";
import { isTypeScript } from "./language.ts";

/**
 * Node's own module loader, for hosts that forbid `eval`. It evaluates a file once per process: a change of a plugin's
 * files needs a restart, and TypeScript runs only where Node.js runs it.
 */
export function createNativeEngine(_options: EngineOptions): Engine {
  return { load, changedFiles, refresh: () => {}, flush: () => {}, mapStack, changedSinceImport: () => [] };
}

/** The content that each file of this process was evaluated from: Node.js keeps it to the end. */
const evaluated = new Map<string, string>();

async function load({ plugin, entry }: LoadRequest): Promise<LoadedModules> {
  try {
    const hash = contentHash(readFileSync(entry, "utf8"));
    if ((evaluated.get(entry) ?? hash) !== hash) {
      throw plugoError("PLUGO_RESTART_NEEDED", { file: displayPath(entry), name: plugin }, { plugin });
    }
    evaluated.set(entry, hash);
    const files = new Map([[entry, hash]]);
    const namespace = (await import(pathToFileURL(entry).href)) as Record<string, unknown>;
    return { namespace, files, anchors: () => [] };
  } catch (error) {
    throw explain(error, plugin, entry);
  }
}

/** Node.js does not tell what the entry imports: only the entry itself is compared. */
function changedFiles({ files }: LoadedModules): readonly string[] {
  return [...files].filter(([path, hash]) => !hasContent(path, hash)).map(([path]) => path);
}

function hasContent(path: string, hash: string): boolean {
  try {
    return contentHash(readFileSync(path, "utf8")) === hash;
  } catch {
    return false;
  }
}

function explain(error: unknown, plugin: string, entry: string): PlugoError {
  if (isPlugoError(error)) return error;
  const file = displayPath(entry);
  const detail =
    (error as { code?: unknown }).code === "ERR_UNKNOWN_FILE_EXTENSION" && isTypeScript(entry)
      ? `this Node.js (${process.version}) runs no TypeScript; use engine: "runner", or a built JavaScript file.`
      : describeThrown(error);
  if (error instanceof SyntaxError) {
    return plugoError("PLUGO_SYNTAX", { at: file, detail, frame: undefined }, { plugin, cause: error });
  }
  return plugoError("PLUGO_EVALUATION", { file, detail, stack: mapStack(error) }, { plugin, cause: error });
}

/** Node.js maps its own stacks. */
function mapStack(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : describeThrown(error);
}
