import { readFileSync, statSync } from "node:fs";
import { positionAt } from "../kernel/code-frame.ts";
import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { explainFaults, explainSyntax } from "../manifest/explain-json.ts";
import { freezeJson, maxJsonDepth } from "../manifest/freeze-json.ts";
import { isJsonObject } from "../manifest/json-object.ts";
import { configSchema } from "./config-schema.ts";
import { pluginEntryOffsets } from "./plugin-entry-offsets.ts";
import type { Wish } from "./source.ts";

/** A config file's wishes, in its order, with what is worth a remark. */
export interface Config {
  readonly wishes: readonly Wish[];
  readonly hints: readonly string[];
  readonly text: string;
}

/**
 * @param previous The file as it was read before; it is returned as it is when the text is the same.
 * @throws PLUGO_CONFIG_UNREADABLE, or PLUGO_CONFIG_INVALID with every finding.
 */
export function readConfig(file: string, previous?: Config): Config {
  const text = readConfigText(file);
  return text === previous?.text ? previous : parseConfig(text, file);
}

/** @throws PLUGO_CONFIG_UNREADABLE */
export function readConfigText(file: string): string {
  const unreadable = (reason: string, cause?: unknown): PlugoError =>
    plugoError("PLUGO_CONFIG_UNREADABLE", { file: displayPath(file), reason }, { cause });
  try {
    const entry = statSync(file);
    // Reading a pipe would wait for whoever writes into it.
    if (entry.isFile()) return readFileSync(file, "utf8");
    throw unreadable(entry.isDirectory() ? "it is a folder" : "it is no file");
  } catch (error) {
    throw isPlugoError(error) ? error : unreadable(fileErrorReason(error), error);
  }
}

/** @throws PLUGO_CONFIG_INVALID with every finding. */
export function parseConfig(text: string, file: string): Config {
  const shownFile = displayPath(file);
  const json = text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw invalid(shownFile, [explainSyntax({ text: json, file: shownFile }, error)]);
  }
  if (freezeJson(value) > maxJsonDepth) {
    throw invalid(shownFile, [`${shownFile} is nested more than ${maxJsonDepth} levels deep`]);
  }
  if (!hasConfigShape(value)) {
    const findings = explainFaults({ text: json, file: shownFile }, value, configSchema());
    if (findings.length > 0) throw invalid(shownFile, findings);
  }
  const config = value as ConfigShape;
  const places = pluginEntryOffsets(json).map(placesIn(json, shownFile));
  const wishes = config.plugins.map((plugin, index) => wishOf(plugin, shownFile, places[index] ?? shownFile));
  return Object.freeze({ wishes: Object.freeze(wishes), hints: Object.freeze(hintsFor(config, places)), text });
}

interface ConfigShape {
  readonly plugins: readonly PluginShape[];
}

interface PluginShape {
  readonly name: string;
  readonly enabled: boolean;
  readonly config?: Readonly<Record<string, unknown>>;
}

const byteOrderMark = 0xfe_ff;
const knownFields = ["$schema", "plugins"];
const knownPluginFields = ["name", "enabled", "config"];

/** A quick check for the usual file: what it does not accept is left to the schema, which can say why. */
function hasConfigShape(value: unknown): value is ConfigShape {
  if (!isJsonObject(value) || ("$schema" in value && typeof value["$schema"] !== "string")) return false;
  const plugins = value["plugins"];
  return Array.isArray(plugins) && plugins.every(isPluginEntry);
}

function isPluginEntry(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value["name"] !== "string" || typeof value["enabled"] !== "boolean") return false;
  return value["config"] === undefined || isJsonObject(value["config"]);
}

function wishOf(plugin: PluginShape, file: string, where: string): Wish {
  return Object.freeze({
    name: plugin.name,
    enabled: plugin.enabled,
    source: "config",
    reason: `${plugin.enabled ? "enabled" : "disabled"} in ${file}`,
    where,
    config: plugin.config,
    module: undefined,
  });
}

/** Walks on from the last place, so that a file of many entries is walked through once. */
function placesIn(text: string, file: string): (offset: number) => string {
  let line = 1;
  let lineStart = 0;
  let from = 0;
  return (offset) => {
    const passed = positionAt(text.slice(from, offset), offset - from);
    if (passed.line > 1) {
      line += passed.line - 1;
      lineStart = offset - passed.column + 1;
    }
    from = offset;
    return `${file}:${line}:${offset - lineStart + 1}`;
  };
}

function hintsFor(config: ConfigShape, places: readonly string[]): readonly string[] {
  const hints = unknownFields(config, knownFields, "the config");
  const seen = new Map<string, string>();
  config.plugins.forEach((plugin, index) => {
    const where = places[index] ?? "";
    hints.push(...unknownFields(plugin, knownPluginFields, where));
    const first = seen.get(plugin.name);
    if (first === undefined) seen.set(plugin.name, where);
    else hints.push(`${where} names "${plugin.name}" again: the entry at ${first} counts`);
  });
  return hints;
}

function unknownFields(value: object, known: readonly string[], where: string): string[] {
  const hints: string[] = [];
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const nearest = nearestName(key, known);
    const shown = JSON.stringify(key.slice(0, 80));
    hints.push(`${where} has the unknown field ${shown}${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`);
  }
  return hints;
}

function invalid(file: string, findings: readonly string[]): PlugoError {
  return plugoError("PLUGO_CONFIG_INVALID", { file, findings });
}
