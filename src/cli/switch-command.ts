import { resolve } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { setEnabled } from "../sources/edit-config.ts";
import { describePlugins } from "./describe-plugins.ts";
import { findPlugin } from "./find-plugin.ts";
import type { SwitchJson } from "./json-shapes.ts";
import { paintPhase, problemLines } from "./plugin-lines.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, readPlan } from "./read-plan.ts";
import type { Terminal } from "./terminal.ts";

export interface SwitchOptions extends ProjectOptions {
  readonly json?: boolean;
}

/** `plugo enable <plugin>` and `plugo disable <plugin>`: writes the wish to the config file. */
export function runSwitch(
  operation: "enable" | "disable",
  name: string,
  options: SwitchOptions,
  terminal: Terminal,
): void {
  const given = absolute(options);
  const before = readPlan(given, terminal);
  const listBefore = describePlugins(before);
  findPlugin(listBefore, name, operation);
  const { configFile } = before.project;
  if (configFile === null) throw plugoError("PLUGO_PROJECT_NO_CONFIG", { name, operation });
  setEnabled(configFile, name, operation === "enable");

  const list = describePlugins(readPlan(given, terminal));
  const phasesBefore = new Map(listBefore.plugins.map((plugin) => [plugin.name, plugin.phase]));
  const affected = list.plugins.flatMap(({ name: other, phase: to }) => {
    const from = phasesBefore.get(other);
    return from === undefined || from === to ? [] : [{ name: other, from, to }];
  });
  const result: SwitchJson = { project: list.project, configFile, plugin: findPlugin(list, name, operation), affected };
  if (options.json === true) terminal.printJson(result);
  else printSwitch(operation, result, terminal);
}

/** The working directory changes between the two looks. */
function absolute(options: SwitchOptions): ProjectOptions {
  const { pluginDirectory, config } = options;
  const from = process.cwd();
  return {
    pluginDirectory: pluginDirectory?.map((path) => resolve(from, path)),
    config: config && resolve(from, config),
  };
}

function printSwitch(operation: "enable" | "disable", result: SwitchJson, { print, paint }: Terminal): void {
  const { plugin, affected, configFile, project } = result;
  print(paint("dim", describeProject(project)));
  const phase = operation === "disable" && plugin.phase === "disabled" ? "" : `: ${paintPhase(plugin.phase, paint)}`;
  print(`\n"${plugin.name}" is ${operation}d in ${displayPath(configFile)}${phase}.`);
  if ((plugin.phase === "disabled") === (operation === "enable"))
    print(`It stays so: ${plugin.reason} (${plugin.where}).`);
  for (const { name, from, to } of affected) {
    if (name !== plugin.name) print(`"${name}" was ${paintPhase(from, paint)} and is now ${paintPhase(to, paint)}.`);
  }
  if (plugin.problem !== null) print(`\n${problemLines(plugin.problem, paint)}`);
}
