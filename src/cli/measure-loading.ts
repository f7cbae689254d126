import type { LoadedModules } from "../engine/engine.ts";
import { createRunnerEngine } from "../engine/runner-engine.ts";
import { findDefinition } from "../host/find-definition.ts";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import type { Findings } from "./describe-plugins.ts";
import { lookAtPlugins } from "./look-at-plugins.ts";
import type { ProjectPlan } from "./read-plan.ts";

/**
 * Evaluates the files of the plugins that the plan would run, one after the other, in this process, and says how long
 * each took and what failed. `initPlugin` is not called: it needs what only the application can give it. What the files
 * start while they are evaluated goes on: the process has to be ended.
 */
export async function measureLoading(projectPlan: ProjectPlan): Promise<Findings> {
  const { cacheFolder, logger } = projectPlan.options;
  const engine = createRunnerEngine({ cacheFolder, logger });
  const loaded = new Map<string, LoadedModules>();
  const loadMs = new Map<string, number>();
  const problems = await lookAtPlugins(projectPlan, async ({ name, folder, entry, owners, declares }) => {
    const startTime = performance.now();
    const modules = await engine.load({
      plugin: name,
      generation: 1,
      folder,
      environment: null,
      entry: entry.path,
      entryText: entry.text,
      owners,
      dependency: (other) => loaded.get(other),
      declares,
      timers: () => ({ setTimeout, setInterval, setImmediate }),
      previous: undefined,
      restore: false,
    });
    loadMs.set(name, performance.now() - startTime);
    loaded.set(name, modules);
    const definition = findDefinition(modules.namespace);
    if ("init" in definition) return undefined;
    return plugoError("PLUGO_NO_INIT", { file: displayPath(entry.path), ...definition });
  });
  return { problems, loadMs };
}
