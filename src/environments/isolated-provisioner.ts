import { dirname, join } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { crypto } from "../kernel/lazy-require.ts";
import { aboutPlugin, isPlugoError, plugoError, PlugoError } from "../kernel/plugo-error.ts";
import { readTextOfFile } from "../manifest/read-text.ts";
import { canonicalJson } from "./canonical-json.ts";
import { pluginLockFile, readMarker, type EnvironmentMarker } from "./environment-marker.ts";
import { environmentName, environmentNamePrefix } from "./environment-name.ts";
import type { EnvironmentOptions } from "./environment-options.ts";
import { environmentsIn } from "./environments-in.ts";
import { readPluginLock } from "./find-lock.ts";
import { installEnvironment, isThere, type WantedEnvironment } from "./install-environment.ts";
import { installQueue } from "./install-queue.ts";
import { Lease } from "./lease.ts";
import { linkEnvironment, type PluginModules } from "./link-environment.ts";
import type { PluginToProvision, Provision, Provisioner, ProvisionResult } from "./provisioner.ts";
import { NeedsReader } from "./read-needs.ts";
import { requirementsText } from "./requirements-text.ts";
import type { Requirements } from "./requirements.ts";
import { surroundingsOf, type Surroundings } from "./surroundings.ts";

/** Gives each plugin an environment of its own, when its `package.json` asks for packages. */
export class IsolatedProvisioner implements Provisioner {
  readonly #options: EnvironmentOptions;
  readonly #lease: Lease;
  readonly #needs: NeedsReader;
  #surroundings: Surroundings | undefined;
  #installer: string | PlugoError | undefined;
  #hasWarned = false;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#lease = new Lease(options.home);
    this.#needs = new NeedsReader(options);
  }

  provision(
    plugins: readonly PluginToProvision[],
    signal: AbortSignal,
  ): ReadonlyMap<string, ProvisionResult | Promise<ProvisionResult>> {
    this.#needs.renew();
    this.#surroundings = undefined;
    const results = new Map<string, ProvisionResult | Promise<ProvisionResult>>();
    const demands: Demand[] = [];
    for (const plugin of plugins) {
      const demand = this.#demandOf(plugin);
      if ("requirements" in demand) demands.push(demand);
      else results.set(plugin.name, demand);
    }
    this.#lease.add(demands.flatMap(({ modules }) => (modules.kind === "linked" ? [modules.environment] : [])));
    for (const demand of demands) {
      const { name } = demand.plugin;
      results.set(name, this.#linkedTo(demand) ?? this.#provide(demand, signal));
    }
    return results;
  }

  isCurrent(plugin: PluginToProvision, provision: Provision): boolean {
    const demand = this.#demandOf(plugin);
    if (!("requirements" in demand)) return !isPlugoError(demand) && demand.madeFrom === provision.madeFrom;
    return madeFrom(demand, lockHash(demand.pluginLock)) === provision.madeFrom;
  }

  link({ folder }: PluginToProvision, { environment }: Provision): void {
    try {
      linkEnvironment(folder, environment, this.#options.home);
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const facts = { folder: displayPath(join(folder, "node_modules")), reason: fileErrorReason(error) };
      const { code, message, remedy } = plugoError("PLUGO_LINK_UNWRITABLE", facts);
      this.#options.logger.warn(`${code}: ${message} ${remedy}`);
    }
  }

  /** What a plugin needs an environment for; or its provision or problem, when it needs none or can have none. */
  #demandOf(plugin: PluginToProvision): Demand | ProvisionResult {
    const needs = this.#needs.read(plugin);
    if (!("requirements" in needs)) return needs;
    const { requirements, modules } = needs;
    const text = requirementsText(requirements, (this.#surroundings ??= this.#surroundingsNow()));
    const isNone = requirements.dependencies.size === 0 && requirements.optionalDependencies.size === 0;
    const pluginLock = isNone ? undefined : readPluginLock(plugin.folder, this.#options.installer);
    if (pluginLock instanceof PlugoError) return aboutPlugin(pluginLock, plugin.name);
    const demand = { plugin, requirements, text, pluginLock, modules };
    if (!isNone && modules.kind !== "foreign") return demand;
    return Object.freeze({ environment: null, madeFrom: madeFrom(demand, lockHash(pluginLock)) });
  }

  #surroundingsNow(): Surroundings {
    return surroundingsOf(this.#options.hostFolder, this.#options.allowScripts);
  }

  /**
   * The environment that the plugin's `node_modules` leads to, when it is the one that is wanted: so that the usual start
   * makes no hash.
   */
  #linkedTo(demand: Demand): Provision | undefined {
    const { modules } = demand;
    if (modules.kind !== "linked" || dirname(modules.environment) !== this.#options.home) return undefined;
    return this.#provisionFrom(demand, modules.environment);
  }

  /** A provision of an environment that is there, when it is complete and made from what is wanted. */
  #provisionFrom(demand: Demand, environment: string): Provision | undefined {
    const { plugin, text, pluginLock } = demand;
    const marker = readMarker(environment);
    if (marker === undefined || marker.plugin !== plugin.name || marker.version !== plugin.version) return undefined;
    const installer = this.#installerName();
    // Without its installer an environment can still be used.
    if (marker.requirements !== text || (typeof installer === "string" && marker.installer !== installer))
      return undefined;
    if (marker.lock === null ? pluginLock !== undefined : pluginLock !== keptPluginLock(environment)) return undefined;
    return provisionOf(demand, environment, marker.lock);
  }

  #provide(demand: Demand, signal: AbortSignal): ProvisionResult | Promise<ProvisionResult> {
    const { plugin, requirements, text, pluginLock } = demand;
    const { name, version } = plugin;
    const { home } = this.#options;
    const installer = this.#installerName();
    if (installer instanceof PlugoError) return this.#anyEnvironment(demand) ?? aboutPlugin(installer, name);
    const lock = lockHash(pluginLock);
    const inputs = { requirements: text, installer, lock };
    const path = join(home, environmentName(name, version, inputs));
    const marker: EnvironmentMarker = { plugin: name, version, ...inputs };
    const wanted: WantedEnvironment = { path, marker, pluginFolder: plugin.folder, requirements, pluginLock };
    const provision = provisionOf(demand, path, lock);
    this.#lease.add([path]);
    if (isThere(wanted)) return provision;
    return installQueue.add(async () => (await installEnvironment(wanted, this.#options, signal)) ?? provision);
  }

  /** An environment that was made elsewhere, for a machine that has no installer. */
  #anyEnvironment(demand: Demand): Provision | undefined {
    const { name, version } = demand.plugin;
    const prefix = environmentNamePrefix(name, version);
    const candidates = environmentsIn(this.#options.home).filter((found) => found.name.startsWith(prefix));
    this.#lease.add(candidates.map(({ path }) => path));
    for (const { path } of candidates) {
      const provision = this.#provisionFrom(demand, path);
      if (provision !== undefined) return provision;
    }
    return undefined;
  }

  #installerName(): string | PlugoError {
    if (this.#installer !== undefined) return this.#installer;
    try {
      this.#installer = this.#options.installer.identify();
    } catch (error) {
      this.#installer = isPlugoError(error) ? error : plugoError("PLUGO_INTERNAL", { detail: String(error) });
    }
    return this.#installer;
  }
}

/** What a plugin needs an environment for. */
interface Demand {
  readonly plugin: PluginToProvision;
  readonly requirements: Requirements;
  /** The same as text, with what else it depends on. */
  readonly text: string;
  /** The lockfile that the plugin brings. */
  readonly pluginLock: string | undefined;
  readonly modules: PluginModules;
}

function provisionOf(demand: Demand, environment: string, lock: string | null): Provision {
  return Object.freeze({ environment, madeFrom: madeFrom(demand, lock) });
}

function madeFrom({ requirements, text }: Pick<Demand, "requirements" | "text">, lock: string | null): string {
  return canonicalJson([text, lock, requirements.peers]);
}

function lockHash(lock: string | undefined): string | null {
  return lock === undefined ? null : crypto().hash("sha256", lock, "hex");
}

function keptPluginLock(environment: string): string | undefined {
  try {
    return readTextOfFile(join(environment, pluginLockFile));
  } catch {
    return undefined;
  }
}
