import { readdirSync } from "node:fs";
import { join } from "node:path";
import { statsOf } from "../../sources/stats-of.ts";
import { readMarker, type EnvironmentMarker } from "./environment-marker.ts";

export interface FoundEnvironment {
  readonly name: string;
  readonly path: string;
  /** `undefined` when it is not complete. */
  readonly marker: EnvironmentMarker | undefined;
  readonly modifiedMs: number;
}

/** The environments in a folder. What plugo keeps there beside them starts with a dot, or ends with `.lock`. */
export function environmentsIn(home: string): readonly FoundEnvironment[] {
  return namesIn(home).flatMap((name) => {
    if (name.startsWith(".") || name.endsWith(".lock")) return [];
    const path = join(home, name);
    const stats = statsOf(path);
    if (stats?.isDirectory() !== true) return [];
    return [{ name, path, marker: readMarker(path), modifiedMs: stats.mtimeMs }];
  });
}

/** What is in a folder, in order; nothing when it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
