import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type PlugoError, plugoError } from "../kernel/plugo-error.ts";
import { readTextOfFile } from "../manifest/read-text.ts";

/** The names of an entry file; the first that is there is used. */
export const entryNames: readonly string[] = [
  "plugin.ts",
  "plugin.mts",
  "plugin.cts",
  "plugin.js",
  "plugin.mjs",
  "plugin.cjs",
];

/** A plugin's entry file. */
export interface ResolvedEntry {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** Its content, when it has been read on the way. */
  readonly text: string | undefined;
}

/**
 * Finds a plugin's entry file, or says in a `PLUGO_ENTRY_MISSING` what is missing.
 *
 * @param folder The plugin's folder as it is written, for messages.
 * @param realFolder The folder with symbolic links resolved.
 * @param entry The file that the metadata names, relative to the folder; `null` for the usual names.
 */
export function resolveEntry(folder: string, realFolder: string, entry: string | null): ResolvedEntry | PlugoError {
  return entry === null ? findEntry(folder, realFolder) : namedEntry(folder, realFolder, entry);
}

const builtNames: Readonly<Record<string, string>> = { ".ts": ".js", ".mts": ".mjs", ".cts": ".cjs" };

/**
 * What an author should know of an entry that was found: a built copy beside it, which is not used. Only that one is
 * looked for, since each look costs time at every start.
 */
export function entryHint(path: string): string | undefined {
  const ending = extname(path);
  const builtEnding = builtNames[ending];
  if (builtEnding === undefined) return undefined;
  const built = path.slice(0, -ending.length) + builtEnding;
  return existsSync(built) ? `${basename(path)} is used, ${basename(built)} beside it is not` : undefined;
}

/** Nearly every plugin has the first name: reading it at once costs less than looking whether it is there. */
function findEntry(folder: string, realFolder: string): ResolvedEntry | PlugoError {
  const first = realFolder + sep + entryNames[0];
  try {
    const text = readTextOfFile(first);
    if (!ignoresCase || readdirSync(realFolder).includes(basename(first))) return { path: first, text };
  } catch {
    // Missing, a folder or a link: the listing tells.
  }
  // The folder may be gone since the plugin was found.
  const files = existsSync(realFolder) ? readdirSync(realFolder) : [];
  const found = entryNames.find((name) => files.includes(name) && isFile(join(realFolder, name)));
  if (found !== undefined) return realEntry(realFolder, found) ?? outside(folder, found);
  return plugoError("PLUGO_ENTRY_MISSING", {
    folder,
    looked: `${entryNames.slice(0, -1).join(", ")} or ${entryNames.at(-1)}`,
    hint: hintFor(folder, files),
  });
}

/** Names are compared exactly on every system, also where the file system does not. */
const ignoresCase = process.platform === "darwin" || process.platform === "win32";

function namedEntry(folder: string, realFolder: string, entry: string): ResolvedEntry | PlugoError {
  if (isAbsolute(entry) || !isInside(realFolder, resolve(realFolder, entry))) return outside(folder, entry);
  const hint = `Create "${folder}/${entry}", or correct "entry" in "${folder}/metadata.json".`;
  if (!isFile(join(realFolder, entry)))
    return plugoError("PLUGO_ENTRY_MISSING", { folder, looked: `file ${entry}`, hint });
  return realEntry(realFolder, entry) ?? outside(folder, entry);
}

/** The real path, when it is still inside the folder. */
function realEntry(realFolder: string, name: string): ResolvedEntry | undefined {
  const path = realpathSync.native(join(realFolder, name));
  return isInside(realFolder, path) ? { path, text: undefined } : undefined;
}

function isInside(folder: string, path: string): boolean {
  const within = relative(folder, path);
  return within !== "" && within !== ".." && !within.startsWith(`..${sep}`) && !isAbsolute(within);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function outside(folder: string, entry: string): PlugoError {
  return plugoError("PLUGO_ENTRY_MISSING", {
    folder,
    looked: `entry inside itself: "${entry}" leads out of the folder`,
    hint: `Move "${entry}" into "${folder}", or correct "entry" in "${folder}/metadata.json".`,
  });
}

function hintFor(folder: string, files: readonly string[]): string | undefined {
  if (files.includes("plugin.py")) {
    return `Rewrite "${folder}/plugin.py" as "${folder}/plugin.ts" with an exported initPlugin: a Python file cannot run in Node.js.`;
  }
  const directory = entryNames.find((name) => files.includes(name));
  if (directory !== undefined)
    return `Replace "${folder}/${directory}", which is no file, with one that exports initPlugin.`;
  const other = entryNames.find((name) => files.some((file) => file.toLowerCase() === name));
  return other === undefined ? undefined : `Rename the entry file to "${other}": names are compared exactly.`;
}
