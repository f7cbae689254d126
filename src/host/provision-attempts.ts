import { join } from "node:path";
import type { PluginToProvision, Provision, ProvisionResult } from "../environments/provisioner.ts";
import { isPlugoError } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import { readPackageText } from "../manifest/read-package-file.ts";
import { packageFile } from "../manifest/read-package-manifest.ts";
import type { PlanEntry } from "../plan/plan.ts";
import { publishStep } from "./diagnostics.ts";
import type { Generation } from "./generation.ts";
import type { HostServices } from "./host-services.ts";
import type { LoadResult } from "./load-generation.ts";

/** What came of a plugin's packages, and how long it took to install them; 0 when they were there. */
export interface Provisioned {
  readonly result: ProvisionResult;
  readonly durationMs: number;
}

/** What each attempt gets as its environment, by name; what needs no packages is not in it. */
export type Provisions = ReadonlyMap<string, Provisioned | Promise<Provisioned>>;

/** Has the dependencies of these plugins installed, where they are not there. Never throws. */
export function provisionAttempts(
  entries: readonly PlanEntry[],
  { provisioner, signal }: HostServices,
): Map<string, Provisioned | Promise<Provisioned>> {
  const provisions = new Map<string, Provisioned | Promise<Provisioned>>();
  const plugins = entries.map(toProvision).filter((plugin) => plugin !== undefined);
  if (plugins.length === 0) return provisions;
  const startTime = performance.now();
  for (const [name, result] of provisioner.provision(plugins, signal)) {
    const later = (settled: ProvisionResult): Provisioned => ({
      result: settled,
      durationMs: performance.now() - startTime,
    });
    provisions.set(name, isThenable(result) ? result.then(later) : { result, durationMs: 0 });
  }
  return provisions;
}

/** Waits for a generation's environment, and goes on with it: a promise only when something has to be waited for. */
export function withProvision(
  generation: Generation,
  provision: Provisioned | Promise<Provisioned> | undefined,
  load: () => LoadResult | Promise<LoadResult>,
): LoadResult | Promise<LoadResult> {
  if (provision === undefined) return load();
  const take = ({ result, durationMs }: Provisioned): LoadResult | Promise<LoadResult> => {
    generation.timings.provisionMs = durationMs;
    const problem = isPlugoError(result) ? result : undefined;
    if (durationMs > 0 || problem !== undefined) {
      publishStep("provision", generation, performance.now() - durationMs, problem);
    }
    if (isPlugoError(result)) return result;
    linkTo(generation, result);
    return load();
  };
  return isThenable(provision) ? provision.then(take) : take(provision);
}

/** Gives a generation an environment, and makes its plugin's `node_modules` lead there. */
export function linkTo(generation: Generation, provision: Provision): void {
  generation.provision = provision;
  const plugin = toProvision(generation.entry);
  if (plugin !== undefined) generation.services.provisioner.link(plugin, provision);
}

/** Whether the plugin's files still ask for the environment that a generation has. */
export function isProvisionCurrent({ entry, provision, services }: Generation): boolean {
  const plugin = toProvision(entry);
  return plugin === undefined || services.provisioner.isCurrent(plugin, provision);
}

/** The text of a plugin's `package.json`; `null` when there is none that can be read. */
export function packageTextOf(entry: PlanEntry): string | null {
  const plugin = toProvision(entry);
  if (plugin === undefined) return null;
  const read = readPackageText(join(plugin.folder, packageFile));
  return "text" in read ? read.text : null;
}

/** What an entry of a plan is provisioned as; `undefined` for a module that stands for a plugin, which has no environment. */
export function toProvision({ name, manifest, selected: { target } }: PlanEntry): PluginToProvision | undefined {
  if (target?.kind !== "folder") return undefined;
  return { name, version: manifest?.version ?? "0.0.0", folder: target.plugin.realPath };
}
