import { dirname } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { plugoError } from "../../kernel/plugo-error.ts";
import { scanDirectories } from "../../sources/scan-directories.ts";
import type { FoundPlugin } from "../../sources/source.ts";
import { unknownPlugin } from "../../sources/unknown-plugin.ts";
import { readApplication } from "./application.ts";
import { collectRequirements } from "./collect-requirements.ts";
import {
  resolveConsolidateOptions,
  type ConsolidateOptions,
  type ResolvedConsolidateOptions,
} from "./consolidate-options.ts";
import type { ConsolidatedRequirements, ConsolidationConflictError } from "./consolidate-plugin-requirements.ts";
import { consolidate, type Consolidation, type ConsolidationStrategy } from "./consolidate.ts";
import { dependencyFields } from "./dependency-fields.ts";
import type { DependencyConflict } from "./requirement.ts";
import { writeConsolidation } from "./write-consolidation.ts";

/** What {@link ConsolidatedRequirements} says, carried out: see `consolidatePluginRequirements`. */
export async function consolidateApplication(options: ConsolidateOptions): Promise<ConsolidatedRequirements> {
  const resolved = resolveConsolidateOptions(options);
  const { outputFile, strategy, logger } = resolved;
  const application = readApplication(resolved.directories[0]);
  const plugins = findPlugins(resolved);
  const { byPlugin, remarks } = collectRequirements(plugins, application.sharedDependencies);
  for (const remark of remarks) logger.warn(remark);
  const consolidation = consolidate([...byPlugin.values()].flat(), strategy);
  if (consolidation.unsettled.length > 0) throw conflictError(consolidation.unsettled, strategy);
  for (const { plugin, package: name, range, where } of consolidation.overruled) {
    const instead = consolidation.merged.get(name)?.range;
    logger.warn(`[${plugin}] wants ${name} ${range} (${where}) and gets ${instead}, which is higher`);
  }

  await writeConsolidation(resolved, { application, consolidation, plugins, byPlugin });
  logger[consolidation.sources.size === 0 ? "debug" : "info"](writtenLine(consolidation, byPlugin.size, outputFile));
  const { dependencies = {}, optionalDependencies = {} } = dependencyFields(consolidation.merged, dirname(outputFile));
  return Object.freeze({
    dependencies: Object.freeze(dependencies),
    optionalDependencies: Object.freeze(optionalDependencies),
    conflicts: Object.freeze(consolidation.conflicts),
    outputFile,
  });
}

function findPlugins({ directories, names, isFromHost, logger }: ResolvedConsolidateOptions): readonly FoundPlugin[] {
  const scan = scanDirectories(directories);
  const found: FoundPlugin[] = [];
  for (const name of [...names].toSorted()) {
    const plugin = scan.plugins.get(name);
    if (plugin !== undefined) found.push(plugin);
    else if (!isFromHost) logger.warn(unknownPlugin(name, `"loadedPlugins"`, scan.plugins.keys()).message);
  }
  return found;
}

function conflictError(
  unsettled: readonly DependencyConflict[],
  strategy: ConsolidationStrategy,
): ConsolidationConflictError {
  const facts = { conflicts: unsettled, strategy: strategy === "highest" ? strategy : "error" } as const;
  return Object.assign(plugoError("PLUGO_CONSOLIDATE_CONFLICT", facts), { conflicts: Object.freeze(unsettled) });
}

function writtenLine({ sources, conflicts }: Consolidation, plugins: number, outputFile: string): string {
  const packages = `${sources.size} ${sources.size === 1 ? "package" : "packages"}`;
  const line = `${packages} of ${plugins} ${plugins === 1 ? "plugin" : "plugins"} are in "${displayPath(outputFile)}"`;
  return conflicts.length === 0
    ? line
    : `${line}; no version meets all for ${conflicts.map((each) => each.package).join(", ")}`;
}
