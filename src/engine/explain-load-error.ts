import { displayPath } from "../kernel/display-path.ts";
import { describeThrown, isPlugoError, plugoError } from "../kernel/plugo-error.ts";
import type { LoadedModules } from "./engine.ts";
import type { GenerationContext } from "./generation-context.ts";
import type { ModuleRecord } from "./module-record.ts";
import { authorFrames } from "./stack-map.ts";

/** What `load` throws: plugo's own errors as they are, others with the file that threw and a mapped stack. */
export function explainLoadError(
  error: unknown,
  records: readonly ModuleRecord[],
  modules: GenerationContext & LoadedModules,
): unknown {
  if (isPlugoError(error)) return error;
  // Those that import the one that threw have failed with the same error; it was reached after them.
  const thrower = records.findLast((record) => record.state === "failed" && record.error === error) ?? records[0];
  const file = thrower === undefined ? modules.plugin : displayPath(thrower.file.path);
  const stack = authorFrames(modules.services.mapStack(error, modules));
  const facts = { file, detail: describeThrown(error), stack };
  return plugoError("PLUGO_EVALUATION", facts, { plugin: modules.plugin, cause: error });
}
