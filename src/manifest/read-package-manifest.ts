import { sep } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { placeFaults } from "./explain-json.ts";
import { parseJsonObject } from "./json-file.ts";
import { resolvePackageManifest, type PackageManifest } from "./package-manifest.ts";
import { readPackageText, type MissingFile } from "./read-package-file.ts";
import type { Fault } from "./resolve-manifest.ts";

export const packageFile = "package.json";

/** A folder's `package.json`, or every finding in one error; or that there is none. */
export type PackageManifestResult =
  | { readonly manifest: PackageManifest }
  | { readonly problem: PlugoError }
  | MissingFile;

/**
 * Reads and validates `package.json` in a plugin's folder. Never throws, and never waits.
 *
 * @param previous The manifest as it was read before; it is returned as it is when the text is the same.
 */
export function readPackageManifest(folder: string, plugin: string, previous?: PackageManifest): PackageManifestResult {
  const file = folder + sep + packageFile;
  const read = readPackageText(file);
  if ("isMissing" in read) return read;
  if ("finding" in read) return invalid(file, plugin, [read.finding], read.cause);
  const { text } = read;
  if (previous !== undefined && previous.text === text && previous.file === file) return { manifest: previous };
  const parsed = parseJsonObject(text, file);
  if ("finding" in parsed) return invalid(file, plugin, [parsed.finding]);
  const faults: Fault[] = [];
  const manifest = resolvePackageManifest(parsed.value, { file, text }, faults);
  if (faults.length === 0) return { manifest };
  return invalid(file, plugin, placeFaults({ text: parsed.json, file: displayPath(file) }, faults));
}

function invalid(file: string, plugin: string, findings: readonly string[], cause?: unknown): PackageManifestResult {
  return { problem: plugoError("PLUGO_MANIFEST_INVALID", { file: displayPath(file), findings }, { plugin, cause }) };
}
