import { join } from "node:path";
import { systemClock } from "#src/environments/clock.js";
import type { EnvironmentOptions } from "#src/environments/environment-options.js";
import type { InstallationEvent } from "#src/environments/installation-event.js";
import { IsolatedProvisioner } from "#src/environments/isolated/isolated-provisioner.js";
import {
  noPackages,
  type PluginToProvision,
  type Provision,
  type Provisioner,
  type ProvisionResult,
} from "#src/environments/provisioner.js";
import { isPlugoError, type PlugoError } from "#src/kernel/plugo-error.js";
import { keepLines, type KeptLines } from "../support/load.ts";
import { createFolder, type Files, type TestFolder } from "../support/plugin-folder.ts";
import { copyingInstaller, createRegistry, type Packages, type Registry } from "./copying-installer.ts";

/** An application with plugins, and packages for them. */
export interface Arena extends Disposable {
  readonly app: TestFolder;
  readonly registry: Registry;
  readonly home: string;
  readonly events: InstallationEvent[];
  readonly logger: KeptLines;
  plugin(name: string, version?: string): PluginToProvision;
  options(own?: Partial<EnvironmentOptions>): EnvironmentOptions;
  provisioner(own?: Partial<EnvironmentOptions>): Provisioner;
}

/** @param files Of the application; plugins are in `plugins/`. */
export function createArena(packages: Packages, files: Files): Arena {
  const registry = createRegistry(packages);
  const app = createFolder({ "package.json": { name: "app" }, ...files });
  const home = app.at(".plugo/venvs");
  const events: InstallationEvent[] = [];
  const logger = keepLines();
  const options = (own: Partial<EnvironmentOptions> = {}): EnvironmentOptions => ({
    ...{ home, hostFolder: app.path, installer: copyingInstaller(registry.path), frozen: false, offline: false },
    ...{ allowScripts: [], env: {}, logger, onEvent: (event) => events.push(event), clock: systemClock },
    ...own,
  });
  return {
    ...{ app, registry, home, events, logger, options },
    plugin: (name, version = "1.0.0") => ({ name, version, folder: join(app.path, "plugins", name) }),
    provisioner: (own) => new IsolatedProvisioner(options(own)),
    [Symbol.dispose]() {
      app[Symbol.dispose]();
      registry[Symbol.dispose]();
    },
  };
}

const never = new AbortController().signal;

/** What comes of one plugin, waiting for it. */
async function resultOf(
  provisioner: Provisioner,
  plugin: PluginToProvision,
  signal: AbortSignal = never,
): Promise<ProvisionResult> {
  const result = await provisioner.provision([plugin], signal).get(plugin.name);
  return result ?? noPackages;
}

export async function provisionOf(provisioner: Provisioner, plugin: PluginToProvision): Promise<Provision> {
  const result = await resultOf(provisioner, plugin);
  if (isPlugoError(result)) throw result;
  return result;
}

export async function problemOf(provisioner: Provisioner, plugin: PluginToProvision): Promise<PlugoError> {
  const result = await resultOf(provisioner, plugin);
  if (!isPlugoError(result)) throw new Error(`"${plugin.name}" was provisioned`);
  return result;
}

/** What comes of several plugins, in their order. */
export async function allResults(
  results: ReadonlyMap<string, ProvisionResult | Promise<ProvisionResult>>,
): Promise<readonly ProvisionResult[]> {
  return Promise.all(Array.from(results.values(), async (result) => result));
}

/** What is there at once: fails when something has to be installed. */
export function provisionNow(provisioner: Provisioner, plugin: PluginToProvision): ProvisionResult {
  const result = provisioner.provision([plugin], never).get(plugin.name) ?? noPackages;
  if (result instanceof Promise) throw new Error(`"${plugin.name}" is not there at once`);
  return result;
}
