import { resolve } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { plugoError } from "../../kernel/plugo-error.ts";
import { placesIn } from "../../manifest/explain-json.ts";
import type { PackageManifest } from "../../manifest/package-manifest.ts";
import { readPackageManifest } from "../../manifest/read-package-manifest.ts";
import type { FoundPlugin } from "../../sources/source.ts";
import { classifySpec } from "../needs/dependency-spec.ts";
import type { Requirement } from "./requirement.ts";

/** What some plugins want, and what is worth a remark. */
export interface CollectedRequirements {
  /** By the plugin's name; a plugin without a `package.json` wants nothing and is not in it. */
  readonly byPlugin: ReadonlyMap<string, readonly Requirement[]>;
  readonly remarks: readonly string[];
}

/**
 * Reads what the `package.json` files of plugins want.
 *
 * @param shared Packages that plugins take from the application, whatever they say.
 * @throws PLUGO_MANIFEST_INVALID with the findings of all that are not valid.
 */
export function collectRequirements(
  plugins: readonly FoundPlugin[],
  shared: ReadonlySet<string>,
): CollectedRequirements {
  const byPlugin = new Map<string, readonly Requirement[]>();
  const remarks: string[] = [];
  const broken: { readonly file: string; readonly finding: string }[] = [];
  for (const { name, path } of plugins) {
    const result = readPackageManifest(path, name);
    if ("isMissing" in result) continue;
    if ("problem" in result) {
      broken.push({ file: displayPath(resolve(path, "package.json")), finding: result.problem.message });
      continue;
    }
    byPlugin.set(name, requirementsOf(name, path, result.manifest, shared));
    if (result.manifest.overrides !== null) {
      remarks.push(
        `"overrides" in "${displayPath(result.manifest.file)}" count for that plugin alone: they are left out`,
      );
    }
  }
  const [first, ...others] = broken;
  if (first !== undefined) {
    const findings = broken.flatMap(({ finding }) => finding.split("\n  - ").slice(1));
    const file = [first, ...others].map((each) => each.file).join('" and "');
    throw plugoError("PLUGO_MANIFEST_INVALID", { file, findings });
  }
  return { byPlugin, remarks };
}

function requirementsOf(
  plugin: string,
  folder: string,
  manifest: PackageManifest,
  shared: ReadonlySet<string>,
): readonly Requirement[] {
  const text = manifest.text.replace(/^\uFEFF/, "");
  const placeOf = placesIn({ text, file: displayPath(manifest.file) });
  const requirements: Requirement[] = [];
  const fields = ["optionalDependencies", "dependencies"] as const;
  for (const field of fields) {
    for (const [name, range] of manifest[field]) {
      // What is a peer as well is the application's. What is in both of the others is optional, as npm has it.
      if (shared.has(name) || manifest.peerDependencies.has(name)) continue;
      const isOptional = field === "optionalDependencies";
      if (!isOptional && manifest.optionalDependencies.has(name)) continue;
      const spec = classifySpec(range);
      const file = spec.kind === "file" ? resolve(folder, spec.path) : null;
      requirements.push({ package: name, plugin, range, spec, file, isOptional, where: placeOf([field, name]) });
    }
  }
  return requirements;
}
