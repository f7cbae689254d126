import { dirname, join } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { crypto } from "../kernel/lazy-require.ts";
import { aboutPlugin, isPlugoError, plugoError, PlugoError } from "../kernel/plugo-error.ts";
import { describeUnreadable } from "../manifest/json-file.ts";
import type { PackageManifest } from "../manifest/package-manifest.ts";
import { readPackageManifest } from "../manifest/read-package-manifest.ts";
import { readTextOfFile } from "../manifest/read-text.ts";
import { canonicalJson } from "./canonical-json.ts";
import { checkPeers } from "./check-peers.ts";
import { pluginLockFile, readMarker, type EnvironmentMarker } from "./environment-marker.ts";
import { environmentName, environmentNamePrefix } from "./environment-name.ts";
import type { EnvironmentOptions } from "./environment-options.ts";
import { environmentsIn } from "./environments-in.ts";
import { readPluginLock } from "./find-lock.ts";
import { readHostSettings, type HostSettings } from "./host-settings.ts";
import { installEnvironment, isThere, type WantedEnvironment } from "./install-environment.ts";
import { installQueue } from "./install-queue.ts";
import { Lease } from "./lease.ts";
import { linkEnvironment, lookAtModules, type PluginModules } from "./link-environment.ts";
import type { PluginToProvision, Provision, Provisioner, ProvisionResult } from "./provisioner.ts";
import { requirementsText } from "./requirements-text.ts";
import { requirementsOf, type Requirements } from "./requirements.ts";
import { surroundingsOf, type Surroundings } from "./surroundings.ts";

/** Gives each plugin an environment of its own, when its `package.json` asks for packages. */
export class IsolatedProvisioner implements Provisioner {
  readonly #options: EnvironmentOptions;
  readonly #lease: Lease;
  readonly #manifests = new Map<string, PackageManifest>();
  #settings: HostSettings | PlugoError | undefined;
  #surroundings: Surroundings | undefined;
  #installer: string | PlugoError | undefined;
  #hasWarned = false;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#lease = new Lease(options.home);
  }

  provision(
    plugins: readonly PluginToProvision[],
    signal: AbortSignal,
  ): ReadonlyMap<string, ProvisionResult | Promise<ProvisionResult>> {
    this.#settings = undefined;
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

  #demandOf(plugin: PluginToProvision): Demand | ProvisionResult {
    try {
      return this.#readDemand(plugin);
    } catch (error) {
      const file = displayPath((error as NodeJS.ErrnoException).path ?? plugin.folder);
      const facts = { file, findings: [`${file} ${describeUnreadable(error)}`] };
      return plugoError("PLUGO_MANIFEST_INVALID", facts, { plugin: plugin.name, cause: error });
    }
  }

  /** What a plugin needs an environment for; or its provision or problem, when it needs none or can have none. */
  #readDemand(plugin: PluginToProvision): Demand | ProvisionResult {
    const { name, folder } = plugin;
    const read = readPackageManifest(folder, name, this.#manifests.get(folder));
    if ("isMissing" in read) return nothing;
    if ("problem" in read) return read.problem;
    const { manifest } = read;
    this.#manifests.set(folder, manifest);
    if (asksForNothing(manifest)) return nothing;
    const { home, hostFolder, installer } = this.#options;
    const settings = (this.#settings ??= readHostSettings(hostFolder));
    if (settings instanceof PlugoError) return aboutPlugin(settings, name);
    const requirements = requirementsOf(plugin, manifest, settings);
    if (requirements instanceof PlugoError) return requirements;
    const modules = lookAtModules(folder, home);
    if (requirements.peers.length > 0) {
      // A link of plugo's leads to what was installed for the plugin, not to the application's packages.
      const folders = [modules.kind === "foreign" ? folder : dirname(folder), hostFolder];
      const problem = checkPeers({ name, file: manifest.file }, requirements.peers, folders, hostFolder);
      if (problem !== undefined) return problem;
    }
    const text = requirementsText(requirements, (this.#surroundings ??= this.#surroundingsNow()));
    const isNone = requirements.dependencies.size === 0 && requirements.optionalDependencies.size === 0;
    const pluginLock = isNone ? undefined : readPluginLock(folder, installer);
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

const nothing: Provision = Object.freeze({ environment: null, madeFrom: "" });

function asksForNothing({ dependencies, optionalDependencies, peerDependencies }: PackageManifest): boolean {
  return dependencies.size === 0 && optionalDependencies.size === 0 && peerDependencies.size === 0;
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
