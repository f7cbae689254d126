import { createFileCheck } from "../engine/check-files.ts";
import { NeedsReader } from "../environments/needs/read-needs.ts";
import { isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { lookAtPlugins } from "./look-at-plugins.ts";
import { ownPackages } from "./own-packages.ts";
import type { ProjectPlan } from "./read-plan.ts";

/**
 * What is wrong with the files of the plugins that the plan would run, and with the packages that they ask for, as far as
 * that shows without running or installing anything.
 */
export function checkPlugins(projectPlan: ProjectPlan): Promise<ReadonlyMap<string, PlugoError>> {
  const check = createFileCheck({ cacheFolder: undefined, logger: projectPlan.options.logger });
  const { environments } = projectPlan.options;
  const needs = environments.mode === "isolated" ? new NeedsReader(environments) : undefined;
  return lookAtPlugins(projectPlan, ({ name, folder, entry, owners, declares }) => {
    const needed = needs?.read({ name, version: "0.0.0", folder });
    if (isPlugoError(needed)) return needed;
    // They are installed before its files are loaded.
    const own = ownPackages(folder);
    const willHave = (packageName: string): boolean => own.has(packageName);
    return check({ plugin: name, folder, environment: null, entry: entry.path, owners, declares, willHave });
  });
}
