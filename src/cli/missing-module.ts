import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isPluginName } from "../manifest/plugin-name.ts";
import type { Plan, PlanEntry } from "../plan/plan.ts";

/** What is wrong with a plugin that is a module, when there is no package of that name. Nothing is loaded. */
export function missingModule({ name, selected, problem }: PlanEntry, plan: Plan): PlugoError | undefined {
  const { target, where, wanted } = selected;
  if (!wanted || problem !== null || target?.kind !== "module") return undefined;
  const { modulePath } = target.module;
  if (isAbsolute(modulePath) || !isPluginName(name) || isInstalled(modulePath)) return undefined;
  const nearest = nearestName(
    name,
    [...plan.entries.keys()].filter((other) => other !== name),
  );
  return plugoError("PLUGO_UNKNOWN_PLUGIN", { name, where, nearest, orPackage: true }, { plugin: name });
}

/** As the application looks it up: from its folder, which is the working directory. */
function isInstalled(packageName: string): boolean {
  try {
    createRequire(join(process.cwd(), "plugin.js")).resolve(packageName);
    return true;
  } catch (error) {
    // One that only exports something for "import" is there all the same.
    return (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND";
  }
}
