import { join } from "node:path";
import { createFileCheck } from "../engine/check-files.ts";
import { NeedsReader } from "../environments/read-needs.ts";
import { PlugoError } from "../kernel/plugo-error.ts";
import { isJsonObject } from "../manifest/json-object.ts";
import { lookAtPlugins } from "./look-at-plugins.ts";
import { isFile, readPackage } from "./project.ts";
import type { ProjectPlan } from "./read-plan.ts";

/**
 * What is wrong with the files of the plugins that the plan would run, and with the packages that they ask for, as far as
 * that shows without running or installing anything.
 */
export function checkPlugins(projectPlan: ProjectPlan): Promise<ReadonlyMap<string, PlugoError>> {
  const check = createFileCheck({ cacheFolder: undefined, logger: projectPlan.options.logger });
  const packages = new NeedsReader(projectPlan.options.environments);
  return lookAtPlugins(projectPlan, ({ name, folder, entry, owners, declares }) => {
    const version = projectPlan.plan.entries.get(name)?.manifest?.version ?? "0.0.0";
    const needs = packages.read({ name, version, folder });
    if (needs instanceof PlugoError) return needs;
    return check({
      plugin: name,
      folder,
      environment: null,
      entry: entry.path,
      owners,
      declares,
      willHave: installedFor(folder),
    });
  });
}

/** What the plugin's own `package.json` asks for is installed before its files are loaded. */
function installedFor(folder: string): (packageName: string) => boolean {
  const file = join(folder, "package.json");
  const manifest = isFile(file) ? readPackage(file) : {};
  const own = [manifest["dependencies"], manifest["optionalDependencies"]].filter(isJsonObject);
  return (name) => own.some((packages) => Object.hasOwn(packages, name));
}
