import type { Consolidation } from "./consolidate.ts";
import { fileSpec } from "./file-spec.ts";

/**
 * A line `name@range` for each package; for one that every plugin gets as it wants it, a line for each range.
 *
 * @param folder The folder of the list, which paths are relative to.
 */
export function renderList({ merged, sources }: Consolidation, folder: string): string {
  const lines = Array.from(sources, ([name, requirements]) => {
    const common = merged.get(name);
    const wanted = common === undefined ? requirements : [common];
    return [...new Set(wanted.map((each) => `${name}@${fileSpec(each, folder)}\n`))];
  });
  return lines.flat().join("");
}
