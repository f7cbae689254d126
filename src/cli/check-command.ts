import { newHints } from "../host/host-inputs.ts";
import { checkPlugins } from "./check-plugins.ts";
import { describePlugins } from "./describe-plugins.ts";
import type { CheckJson } from "./json-shapes.ts";
import { countPhases, problemLines } from "./plugin-lines.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, readPlan } from "./read-plan.ts";
import type { Terminal } from "./terminal.ts";

export interface CheckOptions extends ProjectOptions {
  readonly json?: boolean;
}

/** `plugo check`: resolves to the exit code. */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<number> {
  const projectPlan = readPlan(options, terminal);
  const problems = await checkPlugins(projectPlan);
  const list = describePlugins(projectPlan, { problems, loadMs: new Map() });
  const ok = list.problems.length === 0 && list.plugins.every(({ problem }) => problem === null);
  const hints = [...list.project.hints, ...newHints(projectPlan.inputs, undefined)];
  const check: CheckJson = { ...list, ok, hints };
  if (options.json === true) terminal.printJson(check);
  else printCheck(check, terminal);
  return ok ? 0 : 1;
}

function printCheck({ project, plugins, problems, hints, ok }: CheckJson, { print, paint }: Terminal): void {
  print(paint("dim", describeProject(project)));
  for (const hint of hints) print(paint("dim", `hint: ${hint}`));
  for (const { name, problem } of plugins) {
    if (problem !== null) print(`\n${problemLines({ ...problem, plugin: name }, paint)}`);
  }
  for (const problem of problems) print(`\n${problemLines(problem, paint)}`);
  const verdict = ok ? paint("green", "Nothing is wrong") : paint("red", "Something is wrong");
  print(`\n${verdict}: ${countPhases(plugins)}. No code of a plugin was run.`);
}
