import { resolve } from "node:path";
import { createProvisioner } from "../environments/create-provisioner.ts";
import type { PluginToProvision, ProvisionResult } from "../environments/provisioner.ts";
import { toProvision } from "../host/provision-attempts.ts";
import { displayPath } from "../kernel/display-path.ts";
import { isPlugoError } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import type { Plan } from "../plan/plan.ts";
import { problemJson } from "./describe-plugins.ts";
import type { InstalledJson, InstallJson } from "./json-shapes.ts";
import { problemLines } from "./plugin-lines.ts";
import type { ProjectOptions } from "./project.ts";
import { describeProject, readPlan } from "./read-plan.ts";
import type { Terminal } from "./terminal.ts";
import { untilInterrupted } from "./until-interrupted.ts";

export interface InstallOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly home?: string;
  readonly installer?: "npm" | "pnpm" | "bun";
  readonly frozen?: boolean;
  readonly offline?: boolean;
  readonly allowScripts?: readonly string[];
}

/** `plugo install`: resolves to the exit code. */
export async function runInstall(options: InstallOptions, terminal: Terminal): Promise<number> {
  const { installer, frozen, offline, allowScripts } = options;
  const home = options.home === undefined ? undefined : resolve(options.home);
  const hasOwn = [home, installer, frozen, offline, allowScripts].some((value) => value !== undefined);
  const own = { home, installer, frozen, offline, allowScripts };
  const { project, plan, options: resolved } = readPlan(options, terminal, hasOwn ? { environments: own } : {});
  const { environments, logger } = resolved;
  const provisioner = createProvisioner(environments, logger);
  const plugins = pluginsOf(plan);
  if (options.json !== true) terminal.print(terminal.paint("dim", describeProject(project)));
  const outcomes = await untilInterrupted("what was not finished was taken back", async (signal) => {
    const results = provisioner.provision(plugins, signal);
    return Promise.all(plugins.map(async (plugin) => ({ plugin, ...(await outcomeOf(results.get(plugin.name))) })));
  });
  const installed = outcomes.map(({ plugin, result, waited }): InstalledJson => {
    const { name } = plugin;
    if (result === undefined) return { name, state: "none", environment: null, problem: null };
    if (isPlugoError(result)) return { name, state: "failed", environment: null, problem: problemJson(result) };
    const { environment } = result;
    // As for a plugin that is loaded: its node_modules leads there.
    provisioner.link(plugin, result);
    return {
      name,
      state: environment === null ? "none" : waited ? "installed" : "present",
      environment,
      problem: null,
    };
  });
  const ok = installed.every(({ state }) => state !== "failed");
  const result: InstallJson = { project, home: environments.home, ok, plugins: installed };
  if (options.json === true) terminal.printJson(result);
  else printInstall(result, terminal);
  return ok ? 0 : 1;
}

/** Those that the plan would run. */
export function pluginsOf(plan: Plan): readonly PluginToProvision[] {
  return plan.order.flatMap((name) => {
    const entry = plan.entries.get(name);
    return (entry && toProvision(entry)) ?? [];
  });
}

async function outcomeOf(
  given: ProvisionResult | Promise<ProvisionResult> | undefined,
): Promise<{ readonly result: ProvisionResult | undefined; readonly waited: boolean }> {
  return { result: await given, waited: isThenable(given) };
}

const sentences = {
  none: "needs no packages of its own",
  present: "has its packages already",
  installed: "has its packages now",
} as const;

function printInstall({ plugins, home, ok }: InstallJson, { print, paint }: Terminal): void {
  for (const { name, state, problem } of plugins) {
    if (state === "failed" && problem !== null) print(`\n${problemLines({ ...problem, plugin: name }, paint)}\n`);
    else if (state !== "failed") print(`${paint("bold", name)} ${sentences[state]}`);
  }
  const verdict = ok ? paint("green", "All environments are there") : paint("red", "Not every environment is there");
  print(`\n${verdict}, in ${displayPath(home)}.`);
}
