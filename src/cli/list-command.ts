import { describePlugins } from "./describe-plugins.ts";
import { measureLoading } from "./measure-loading.ts";
import { countPhases, pluginTable, problemLines } from "./plugin-lines.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, readPlan } from "./read-plan.ts";
import type { Terminal } from "./terminal.ts";

export interface ListOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly load?: boolean;
}

/** `plugo list`. */
export async function runList(options: ListOptions, terminal: Terminal): Promise<void> {
  const projectPlan = readPlan(options, terminal);
  const findings = options.load === true ? await measureLoading(projectPlan) : undefined;
  const list = describePlugins(projectPlan, findings);
  if (options.json === true) return terminal.printJson(list);
  const { paint } = terminal;
  terminal.print(paint("dim", describeProject(projectPlan.project)));
  for (const hint of list.project.hints) terminal.note(`hint: ${hint}`);
  if (list.plugins.length > 0) terminal.print(`\n${pluginTable(list.plugins, terminal)}`);
  for (const problem of list.problems) terminal.print(`\n${problemLines(problem, paint)}`);
  terminal.print(`\n${countPhases(list.plugins)}`);
}
