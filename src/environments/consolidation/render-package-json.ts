import type { Consolidation } from "./consolidate.ts";
import { dependencyFields, sortedKeys } from "./dependency-fields.ts";
import { fileSpec } from "./file-spec.ts";
import { jsonText } from "./json-text.ts";

/**
 * A `package.json` with the packages of all plugins. `plugo.sources` says who wants what; `plugo.nested` holds, for each
 * plugin, what no common version is there for.
 *
 * @param folder The folder of the file, which paths are relative to.
 */
export function renderPackageJson(consolidation: Consolidation, folder: string): string {
  const { merged, sources } = consolidation;
  const wanted = Array.from(sources, ([name, requirements]) => {
    const ranges = requirements.map((each): [string, string] => [each.plugin, fileSpec(each, folder)]);
    return [name, Object.fromEntries(ranges)] as const;
  });
  const nested: Record<string, Record<string, string>> = {};
  for (const [name, requirements] of sources) {
    if (merged.has(name)) continue;
    for (const each of requirements) (nested[each.plugin] ??= {})[name] = fileSpec(each, folder);
  }
  return jsonText({
    name: "package-plugins",
    version: "0.0.0",
    private: true,
    ...dependencyFields(merged, folder),
    plugo: {
      sources: Object.fromEntries(wanted),
      ...(Object.keys(nested).length === 0 ? {} : { nested: sortedKeys(nested) }),
    },
  });
}
