import { sep } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { explainFaults } from "./explain-json.ts";
import { describeUnreadable, isMissingFile, parseJsonObject } from "./json-file.ts";
import { manifestSchema } from "./manifest-schema.ts";
import { lookAtFields, manifestFields } from "./manifest-shape.ts";
import type { Manifest } from "./manifest.ts";
import { readText } from "./read-text.ts";
import { resolveManifest, type Fault } from "./resolve-manifest.ts";

export const metadataFile = "metadata.json";

/** A plugin's manifest with what is worth a remark, or every finding in one error; or that there is no file. */
export type ManifestResult =
  | { readonly manifest: Manifest; readonly hints: readonly string[] }
  | { readonly problem: PlugoError }
  | { readonly isMissing: true };

/**
 * Reads and validates `metadata.json` in a plugin's folder. Never throws.
 *
 * @param previous The plugin's manifest as it was read before; it is returned as it is when the text is the same.
 */
export function readManifest(folder: string, name: string, previous?: Manifest): ManifestResult {
  const file = folder + sep + metadataFile;
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (isMissingFile(error)) return { isMissing: true };
    return invalid(file, name, [`${displayPath(file)} ${describeUnreadable(error)}`], error);
  }
  if (previous !== undefined && previous.text === text && previous.file === file) {
    return { manifest: previous, hints: hintsFor(lookAtFields(previous.metadata).unknown) };
  }
  return parseManifest(text, file, name);
}

function parseManifest(text: string, file: string, name: string): ManifestResult {
  const parsed = parseJsonObject(text, file);
  if ("finding" in parsed) return invalid(file, name, [parsed.finding]);
  const { value: metadata, json } = parsed;

  const faults: Fault[] = [];
  const manifest = resolveManifest(metadata, { name, file, text }, faults);
  const { arePlain, unknown } = lookAtFields(metadata);
  if (faults.length > 0 || !arePlain) {
    const findings = explainFaults({ text: json, file: displayPath(file) }, metadata, manifestSchema(), faults);
    if (findings.length > 0) return invalid(file, name, findings);
  }
  return { manifest, hints: hintsFor(unknown) };
}

const noHints: readonly string[] = Object.freeze([]);

function hintsFor(unknown: readonly string[]): readonly string[] {
  if (unknown.length === 0) return noHints;
  return unknown.map((key) => {
    const nearest = nearestName(key, manifestFields());
    const shown = JSON.stringify(key.slice(0, 80));
    return `${metadataFile} has the unknown field ${shown}${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`;
  });
}

function invalid(file: string, plugin: string, findings: readonly string[], cause?: unknown): ManifestResult {
  return { problem: plugoError("PLUGO_MANIFEST_INVALID", { file: displayPath(file), findings }, { plugin, cause }) };
}
