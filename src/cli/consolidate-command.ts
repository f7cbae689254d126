import { resolve } from "node:path";
import type { ConsolidationFormat } from "../environments/consolidation/consolidate-options.ts";
import { consolidatePluginRequirements } from "../environments/consolidation/consolidate-plugin-requirements.ts";
import type { ConsolidationStrategy } from "../environments/consolidation/consolidate.ts";
import { pluginsOf } from "./install-command.ts";
import type { ConsolidateJson } from "./json-shapes.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, notingLogger, readPlan } from "./read-plan.ts";
import type { Terminal } from "./terminal.ts";

export interface ConsolidateCommandOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly output?: string;
  readonly format?: ConsolidationFormat;
  readonly strategy?: ConsolidationStrategy;
}

/** `plugo consolidate`. */
export async function runConsolidate(options: ConsolidateCommandOptions, terminal: Terminal): Promise<void> {
  const { output, format, strategy } = options;
  const outputFile = output === undefined ? undefined : resolve(output);
  const { project, plan } = readPlan(options, terminal);
  if (options.json !== true) terminal.print(terminal.paint("dim", describeProject(project)));
  const consolidated = await consolidatePluginRequirements({
    pluginDirectory: project.pluginDirectories,
    loadedPlugins: pluginsOf(plan).map(({ name }) => name),
    outputFile,
    format,
    strategy,
    logger: notingLogger(terminal),
  });
  if (options.json === true) return terminal.printJson({ project, ...consolidated } satisfies ConsolidateJson);
  for (const [name, range] of Object.entries({ ...consolidated.dependencies, ...consolidated.optionalDependencies })) {
    terminal.print(`${name} ${range}`);
  }
  for (const { package: name, requirements } of consolidated.conflicts) {
    if (consolidated.dependencies[name] !== undefined) continue;
    terminal.print(`${name} ${requirements.map(({ range, plugin }) => `${range} (${plugin})`).join(", ")}`);
  }
}
