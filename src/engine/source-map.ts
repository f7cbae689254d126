import { SourceMap } from "node:module";
import type remappingFunction from "@jridgewell/remapping";
import type { Position } from "../kernel/code-frame.ts";
import { headerLines } from "./evaluate.ts";
import { lazyRequire } from "./lazy-require.ts";
import type { RawMap } from "./transform.ts";

const remapping = lazyRequire<typeof remappingFunction | { default: typeof remappingFunction }>("@jridgewell/remapping");

/** A source map in the form that Node.js and debuggers read. */
interface SourceMapPayload {
  readonly version: 3;
  readonly file: string;
  readonly sourceRoot: string;
  readonly sources: string[];
  readonly sourcesContent: string[];
  readonly names: string[];
  readonly mappings: string;
}

/** Finds the place in the source of a place in the evaluated text. */
export type FindOriginal = (position: Position) => Position | undefined;

/** How to find the places of the source, given a file's raw maps. */
export function findOriginals(mapsJson: string): FindOriginal {
  if (mapsJson === "[]") return ({ line, column }) => ({ line: line - headerLines, column });
  const map = new SourceMap(composeMaps(mapsJson, "source", ""));
  return ({ line, column }) => {
    const entry = map.findEntry(line - 1, column - 1);
    if (!("originalLine" in entry)) return undefined;
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  };
}

/** The one map from the evaluated text to the source. */
function composeMaps(mapsJson: string, url: string, source: string): SourceMapPayload {
  const maps = JSON.parse(mapsJson) as RawMap[];
  const { mappings, names } = maps.length === 0 ? identity(source) : compose(maps);
  return {
    version: 3,
    file: url,
    sourceRoot: "",
    sources: [url],
    sourcesContent: [source],
    names: [...names],
    mappings: ";".repeat(headerLines) + mappings,
  };
}

/** {@link composeMaps} as the base64 text that stands behind the code. */
export function inlineSourceMap(mapsJson: string, url: string, source: string): string {
  return Buffer.from(JSON.stringify(composeMaps(mapsJson, url, source))).toString("base64");
}

function compose(maps: readonly RawMap[]): RawMap {
  const [only] = maps;
  if (only !== undefined && maps.length === 1) return only;
  const loaded = remapping();
  const remap = typeof loaded === "function" ? loaded : loaded.default;
  const inputs = maps.map(({ mappings, names }) => ({ version: 3 as const, sources: ["source"], names: [...names], mappings }));
  const composed = remap(inputs, () => null, { excludeContent: true });
  return { mappings: composed.mappings as string, names: composed.names };
}

/** Every line stands where it stood. */
function identity(source: string): RawMap {
  const lines = source.split("\n").length;
  return { mappings: ["AAAA", ...Array.from({ length: lines - 1 }, () => "AACA")].join(";"), names: [] };
}
