import { lstatSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { type PlugoError, plugoError } from "../kernel/plugo-error.ts";

/** Where a plugin's code begins. */
export interface ResolvedEntry {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** What the author should know, as whole sentences; not faults. */
  readonly hints: readonly string[];
}

/** The names of an entry file; the first that is there is used. */
export const entryNames: readonly string[] = [
  "plugin.ts",
  "plugin.mts",
  "plugin.cts",
  "plugin.js",
  "plugin.mjs",
  "plugin.cjs",
];

/**
 * Finds a plugin's entry file, or says in a `PLUGO_ENTRY_MISSING` what is missing.
 *
 * @param folder The plugin's folder as it is written, for messages.
 * @param realFolder The folder with symbolic links resolved.
 * @param files The names in the folder.
 * @param entry The file that the metadata names, relative to the folder; `null` for the usual names.
 */
export function resolveEntry(
  folder: string,
  realFolder: string,
  files: readonly string[],
  entry: string | null,
): ResolvedEntry | PlugoError {
  return entry === null ? findEntry(folder, realFolder, files) : namedEntry(folder, realFolder, entry);
}

function findEntry(folder: string, realFolder: string, files: readonly string[]): ResolvedEntry | PlugoError {
  let used: string | undefined;
  const ignored: string[] = [];
  for (const name of entryNames) {
    if (!files.includes(name) || !isFile(join(realFolder, name))) continue;
    if (used === undefined) used = name;
    else ignored.push(name);
  }
  if (used === undefined) {
    return plugoError("PLUGO_ENTRY_MISSING", {
      folder,
      looked: `${entryNames.slice(0, -1).join(", ")} or ${entryNames.at(-1)}`,
      hint: hintFor(folder, files),
    });
  }
  const path = realEntry(realFolder, used);
  if (path === undefined) return outside(folder, used);
  const hints = ignored.length === 0 ? [] : [`"${folder}" has several entry files: ${used} is used, ${ignored.join(", ")} is not.`];
  return { path, hints };
}

function namedEntry(folder: string, realFolder: string, entry: string): ResolvedEntry | PlugoError {
  if (isAbsolute(entry) || !isInside(realFolder, resolve(realFolder, entry))) return outside(folder, entry);
  const hint = `Create "${folder}/${entry}", or correct "entry" in "${folder}/metadata.json".`;
  if (!isFile(join(realFolder, entry))) return plugoError("PLUGO_ENTRY_MISSING", { folder, looked: `file ${entry}`, hint });
  const path = realEntry(realFolder, entry);
  return path === undefined ? outside(folder, entry) : { path, hints: [] };
}

/** The real path, when it is still inside the folder. */
function realEntry(realFolder: string, name: string): string | undefined {
  const path = join(realFolder, name);
  // One look is enough for nearly every plugin.
  if (!name.includes("/") && lstatSync(path).isFile()) return path;
  const real = realpathSync.native(path);
  return isInside(realFolder, real) ? real : undefined;
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
  if (directory !== undefined) return `"${folder}/${directory}" is not a file; create one with an exported initPlugin.`;
  const other = entryNames.find((name) => files.some((file) => file.toLowerCase() === name));
  return other === undefined ? undefined : `Rename the entry file to "${other}": names are compared exactly.`;
}
