import type { PluginToProvision, ProvisionResult } from "../environments/provisioner.ts";
import { isPlugoError } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import type { PlanEntry } from "../plan/plan.ts";
import { publishStep } from "./diagnostics.ts";
import type { Generation } from "./generation.ts";
import type { HostServices } from "./host-services.ts";
import type { LoadResult } from "./load-generation.ts";

/** What each attempt gets as its environment; modules that stand for plugins get none. */
export type Provisions = ReadonlyMap<string, ProvisionResult | Promise<ProvisionResult>>;

/** Has the dependencies of these plugins installed, where they are not there. Never throws. */
export function provisionAttempts(entries: readonly PlanEntry[], { provisioner, signal }: HostServices): Provisions {
  const plugins = entries.map(toProvision).filter((plugin) => plugin !== undefined);
  return plugins.length === 0 ? none : provisioner.provision(plugins, signal);
}

/** Waits for a generation's environment, and goes on with it: a promise only when something has to be waited for. */
export function withProvision(
  generation: Generation,
  provisions: Provisions,
  load: () => LoadResult | Promise<LoadResult>,
): LoadResult | Promise<LoadResult> {
  const provision = provisions.get(generation.name);
  if (provision === undefined) return load();
  const startTime = performance.now();
  const take = (result: ProvisionResult): LoadResult | Promise<LoadResult> => {
    if (isPlugoError(result)) {
      publishStep("provision", generation, startTime, result);
      return result;
    }
    linkTo(generation, result);
    return load();
  };
  if (!isThenable(provision)) return take(provision);
  return provision.then((result) => {
    generation.timings.provisionMs = performance.now() - startTime;
    publishStep("provision", generation, startTime, isPlugoError(result) ? result : undefined);
    return take(result);
  });
}

/** Gives a generation an environment, and makes its plugin's `node_modules` lead there. */
export function linkTo(generation: Generation, provision: Generation["provision"]): void {
  generation.provision = provision;
  const plugin = toProvision(generation.entry);
  if (plugin !== undefined) generation.services.provisioner.link(plugin, provision);
}

/** Whether the plugin's files still ask for the environment that a generation has. */
export function isProvisionCurrent({ entry, provision, services }: Generation): boolean {
  const plugin = toProvision(entry);
  return plugin === undefined || services.provisioner.isCurrent(plugin, provision);
}

const none: Provisions = new Map();

function toProvision({ name, manifest, selected: { target } }: PlanEntry): PluginToProvision | undefined {
  if (target?.kind !== "folder") return undefined;
  return { name, version: manifest?.version ?? "0.0.0", folder: target.plugin.realPath };
}
