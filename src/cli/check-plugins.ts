import { createFileCheck } from "../engine/check-files.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";
import { lookAtPlugins } from "./look-at-plugins.ts";
import { ownPackages } from "./own-packages.ts";
import type { ProjectPlan } from "./read-plan.ts";

/** What is wrong with the files of the plugins that the plan would run, as far as that shows without running them. */
export function checkPlugins(projectPlan: ProjectPlan): Promise<ReadonlyMap<string, PlugoError>> {
  const check = createFileCheck({ cacheFolder: undefined, logger: projectPlan.options.logger });
  return lookAtPlugins(projectPlan, ({ name, folder, entry, owners, declares }) => {
    // They are installed before its files are loaded.
    const own = ownPackages(folder);
    const willHave = (packageName: string): boolean => own.has(packageName);
    return check({ plugin: name, folder, environment: null, entry: entry.path, owners, declares, willHave });
  });
}
