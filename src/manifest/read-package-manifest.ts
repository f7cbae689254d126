import { lstatSync } from "node:fs";
import { sep } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { placeFaults } from "./explain-json.ts";
import { describeUnreadable, parseJsonObject } from "./json-file.ts";
import { resolvePackageManifest, type PackageManifest } from "./package-manifest.ts";
import { readText } from "./read-text.ts";
import type { Fault } from "./resolve-manifest.ts";

export const packageFile = "package.json";

/** A folder's `package.json`, or every finding in one error; or that there is none. */
export type PackageManifestResult =
  | { readonly manifest: PackageManifest }
  | { readonly problem: PlugoError }
  | { readonly isMissing: true };

/**
 * Reads and validates `package.json` in a plugin's folder. Never throws, and never waits. A folder without one costs a
 * single look.
 *
 * @param previous The manifest as it was read before; it is returned as it is when the text is the same.
 */
export function readPackageManifest(folder: string, plugin: string, previous?: PackageManifest): PackageManifestResult {
  const file = folder + sep + packageFile;
  let text: string;
  try {
    // Most plugins have none, and an error costs more than this look does.
    const stats = lstatSync(file, lookOnly);
    if (stats === undefined) return missing;
    if (!stats.isFile() && !stats.isSymbolicLink()) {
      const found = stats.isDirectory() ? "a folder" : "a pipe, a socket or a device";
      return invalid(file, plugin, [`${displayPath(file)} is ${found}, not a file`]);
    }
    text = readText(file);
  } catch (error) {
    return invalid(file, plugin, [`${displayPath(file)} ${describeUnreadable(error)}`], error);
  }
  if (previous !== undefined && previous.text === text && previous.file === file) return { manifest: previous };
  const parsed = parseJsonObject(text, file);
  if ("finding" in parsed) return invalid(file, plugin, [parsed.finding]);
  const faults: Fault[] = [];
  const manifest = resolvePackageManifest(parsed.value, { file, text }, faults);
  if (faults.length === 0) return { manifest };
  return invalid(file, plugin, placeFaults({ text: parsed.json, file: displayPath(file) }, faults));
}

/** The text of the `package.json` in a folder; `undefined` when it cannot be read. */
export function readPackageText(folder: string): string | undefined {
  try {
    return readText(folder + sep + packageFile);
  } catch {
    return undefined;
  }
}

const lookOnly = { throwIfNoEntry: false } as const;
const missing: PackageManifestResult = Object.freeze({ isMissing: true } as const);

function invalid(file: string, plugin: string, findings: readonly string[], cause?: unknown): PackageManifestResult {
  return { problem: plugoError("PLUGO_MANIFEST_INVALID", { file: displayPath(file), findings }, { plugin, cause }) };
}
