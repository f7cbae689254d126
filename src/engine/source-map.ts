import { SourceMap } from "node:module";
import type remappingFunction from "@jridgewell/remapping";
import type { Position } from "../kernel/code-frame.ts";
import { lazyRequire } from "../kernel/lazy-require.ts";
import { headerLines } from "./evaluate.ts";
import type { RawMap } from "./raw-map.ts";

const remapping = lazyRequire<typeof remappingFunction | { default: typeof remappingFunction }>(
  "@jridgewell/remapping",
);

/** Finds the place in the source of a place in the evaluated text. */
export type FindOriginal = (position: Position) => Position | undefined;

/** How to find the places of the source, given a file's raw maps. */
export function findOriginals(mapsJson: string): FindOriginal {
  if (mapsJson === "[]") return ({ line, column }) => ({ line: line - headerLines, column });
  const { mappings, names } = compose(JSON.parse(mapsJson) as RawMap[]);
  return findInMap({ mappings: ";".repeat(headerLines) + mappings, names });
}

/** How to find the places that a map leads to. */
export function findInMap(map: RawMap): FindOriginal {
  const payload = {
    version: 3,
    file: "",
    sourceRoot: "",
    sources: ["source"],
    sourcesContent: [""],
    names: [...map.names],
    mappings: map.mappings,
  };
  const sourceMap = new SourceMap(payload);
  return ({ line, column }) => {
    const entry = sourceMap.findEntry(line - 1, column - 1);
    if (!("originalLine" in entry)) return undefined;
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  };
}

/** The map from the evaluated text to the source, as the base64 text that stands behind the code. */
export function inlineSourceMap(mapsJson: string, url: string, source: string): string {
  const maps = JSON.parse(mapsJson) as RawMap[];
  const { mappings, names } = maps.length === 0 ? identity(source) : compose(maps);
  const map = {
    version: 3,
    sources: [url],
    sourcesContent: [source],
    names,
    mappings: ";".repeat(headerLines) + mappings,
  };
  return Buffer.from(JSON.stringify(map)).toString("base64");
}

function compose(maps: readonly RawMap[]): RawMap {
  const [only] = maps;
  if (only !== undefined && maps.length === 1) return only;
  const loaded = remapping();
  const remap = typeof loaded === "function" ? loaded : loaded.default;
  const inputs = maps.map(({ mappings, names }) => ({
    version: 3 as const,
    sources: ["source"],
    names: [...names],
    mappings,
  }));
  const composed = remap(inputs, () => null, { excludeContent: true });
  return { mappings: composed.mappings as string, names: composed.names };
}

/** Every line stands where it stood. */
function identity(source: string): RawMap {
  const lines = source.split("\n").length;
  return { mappings: ["AAAA", ...Array.from({ length: lines - 1 }, () => "AACA")].join(";"), names: [] };
}
