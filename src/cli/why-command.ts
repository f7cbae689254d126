import { displayPath } from "../kernel/display-path.ts";
import { enabledPlugins } from "../sources/read-environment-variables.ts";
import { describePlugins } from "./describe-plugins.ts";
import { findPlugin, neededBy } from "./find-plugin.ts";
import type { PluginJson, WhyJson, WishJson } from "./json-shapes.ts";
import { paintPhase, problemLines } from "./plugin-lines.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, readPlan, type ProjectPlan } from "./read-plan.ts";
import type { Terminal } from "./terminal.ts";

export interface WhyOptions extends ProjectOptions {
  readonly json?: boolean;
}

/** `plugo why <plugin>`. */
export function runWhy(name: string, options: WhyOptions, terminal: Terminal): void {
  const projectPlan = readPlan(options, terminal);
  const list = describePlugins(projectPlan);
  const plugin = findPlugin(list, name, "why");
  const wishes = wishesFor(plugin, projectPlan);
  const why: WhyJson = { project: projectPlan.project, plugin, wishes, neededBy: neededBy(list, name) };
  if (options.json === true) terminal.printJson(why);
  else printWhy(why, list.plugins, terminal);
}

function wishesFor({ name, source, reason, where, phase }: PluginJson, { inputs, options }: ProjectPlan): WishJson[] {
  const said = [...enabledPlugins(options.env), ...(inputs.config?.wishes ?? [])].filter((wish) => wish.name === name);
  if (said.length === 0) return [{ source, enabled: phase !== "disabled", reason, where }];
  return said.map((wish) => ({ source: wish.source, enabled: wish.enabled, reason: wish.reason, where: wish.where }));
}

function printWhy(why: WhyJson, plugins: readonly PluginJson[], { print, paint }: Terminal): void {
  const { plugin } = why;
  const phases = new Map(plugins.map(({ name, phase }) => [name, phase]));
  const withPhase = (name: string): string => {
    const phase = phases.get(name);
    return `${name} (${phase === undefined ? paint("red", "missing") : paintPhase(phase, paint)})`;
  };
  print(paint("dim", describeProject(why.project)));
  print(`\n${paint("bold", plugin.name)} ${plugin.version ?? ""} is ${paintPhase(plugin.phase, paint)}`);
  if (plugin.path !== null) print(`  from        ${displayPath(plugin.path)}`);
  for (const [index, { reason, where }] of why.wishes.entries()) {
    print(
      `  ${index === 0 ? "because     " : "overrides   "}${reason}${where === "" ? "" : paint("dim", ` (${displayPath(where)})`)}`,
    );
  }
  const lines: readonly (readonly [label: string, names: readonly string[]])[] = [
    ["needs", plugin.dependencies],
    ["can use", plugin.optionalDependencies],
    ["needed by", why.neededBy],
  ];
  for (const [label, names] of lines) {
    if (names.length > 0) print(`  ${label.padEnd(12)}${names.map(withPhase).join(", ")}`);
  }
  if (plugin.problem !== null) print(`\n${problemLines(plugin.problem, paint)}`);
}
