import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { contentHash } from "../../kernel/content-hash.ts";
import { displayPath } from "../../kernel/display-path.ts";
import { fileErrorReason } from "../../kernel/file-error-reason.ts";
import { isWithin } from "../../kernel/is-within.ts";
import { aboutPlugin, isPlugoError, plugoError, PlugoError } from "../../kernel/plugo-error.ts";
import { problemText } from "../../kernel/problem-text.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { EnvironmentOptions } from "../environment-options.ts";
import { readMarker, renewMarker, type EnvironmentMarker } from "../home/environment-marker.ts";
import { environmentName, environmentNamePrefix } from "../home/environment-name.ts";
import { environmentsIn } from "../home/environments-in.ts";
import { Lease } from "../home/lease.ts";
import { linkEnvironment, lookAtModules } from "../home/link-environment.ts";
import { installQueue } from "../install-queue.ts";
import { NeedsReader, type Needs } from "../needs/read-needs.ts";
import {
  noPackages,
  type PluginToProvision,
  type Provision,
  type Provisioner,
  type ProvisionResult,
} from "../provisioner.ts";
import { readPluginLock } from "./find-lock.ts";
import type { WantedEnvironment } from "./install-environment.ts";
import { requirementsText } from "./requirements-text.ts";
import { surroundingsOf, type Surroundings } from "./surroundings.ts";
import { unchangedEnvironment } from "./unchanged-environment.ts";

/** Gives each plugin an environment of its own, when its `package.json` asks for packages. */
export class IsolatedProvisioner implements Provisioner {
  readonly #options: EnvironmentOptions;
  readonly #lease: Lease;
  readonly #needs: NeedsReader;
  #host: HostState | undefined;
  #installer: string | PlugoError | undefined;
  /** What the plugins' links were seen to lead to, by folder, until they are set. */
  #linked = new Map<string, string>();
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
    this.#host = undefined;
    this.#linked = new Map();
    const results = new Map<string, ProvisionResult | Promise<ProvisionResult>>();
    // Where there are no environments, no plugin's link has to be taken away.
    const mayBeLinked = existsSync(this.#options.home);
    const asking = plugins.filter((plugin) => {
      if (existsSync(plugin.folder + sep + packageFile)) return true;
      if (mayBeLinked) results.set(plugin.name, noPackages);
      return false;
    });
    for (const { folder } of asking) this.#noteLink(folder);
    this.#lease.add(this.#linked.values());
    for (const plugin of asking) results.set(plugin.name, this.#unchanged(plugin) ?? this.#provide(plugin, signal));
    return results;
  }

  isCurrent(plugin: PluginToProvision, provision: Provision): boolean {
    const demand = this.#demandOf(plugin);
    if (isPlugoError(demand)) return false;
    return demand.madeFrom === provision.madeFrom;
  }

  link({ folder }: PluginToProvision, { environment }: Provision): void {
    const isLinked = environment !== null && this.#linked.get(folder) === environment;
    this.#linked.delete(folder);
    if (isLinked) return;
    try {
      linkEnvironment(folder, environment, this.#options.home);
    } catch (error) {
      // That a plugin is gone is nothing to warn of: its files cannot be loaded either.
      if (this.#hasWarned || !existsSync(folder)) return;
      this.#hasWarned = true;
      const facts = { folder: displayPath(join(folder, "node_modules")), reason: fileErrorReason(error) };
      this.#options.logger.warn(problemText(plugoError("PLUGO_LINK_UNWRITABLE", facts)));
    }
  }

  #noteLink(folder: string): void {
    try {
      const modules = lookAtModules(folder, this.#options.home);
      const isOwn = modules.kind === "linked" && dirname(modules.environment) === this.#options.home;
      if (isOwn) this.#linked.set(folder, modules.environment);
    } catch {
      // It is looked at again, and then it is the plugin's problem.
    }
  }

  #unchanged(plugin: PluginToProvision): Provision | undefined {
    const environment = this.#linked.get(plugin.folder);
    if (environment === undefined) return undefined;
    const { hostFolder, installer } = this.#options;
    const compared = { hostText: this.#hostState().text, hostFolder, installer };
    const marker = unchangedEnvironment(plugin, environment, compared);
    if (marker === undefined) return undefined;
    return Object.freeze({ environment, madeFrom: madeFrom(marker, marker.seen.peers) });
  }

  #provide(plugin: PluginToProvision, signal: AbortSignal): ProvisionResult | Promise<ProvisionResult> {
    const demand = this.#demandOf(plugin);
    if (!("text" in demand)) return demand;
    const installer = this.#installerName();
    if (installer instanceof PlugoError) return this.#anyEnvironment(demand) ?? aboutPlugin(installer, plugin.name);
    const path = join(
      this.#options.home,
      environmentName(plugin.name, plugin.version, { ...demand.inputs, installer }),
    );
    this.#lease.add([path]);
    const found = this.#provisionFrom(demand, path);
    if (found !== undefined) return found;
    const wanted: WantedEnvironment = {
      path,
      marker: { ...demand.inputs, installer },
      pluginFolder: plugin.folder,
      requirements: demand.requirements,
      pluginLock: demand.pluginLock,
      folders: demand.folders,
      lease: this.#lease,
    };
    const provision = Object.freeze({ environment: path, madeFrom: demand.madeFrom });
    return installQueue.add(async () => {
      const { installEnvironment } = await import("./install-environment.ts");
      return (await installEnvironment(wanted, this.#options, signal)) ?? provision;
    });
  }

  /** What a plugin needs an environment for; or its provision or problem, when it needs none or can have none. */
  #demandOf(plugin: PluginToProvision): Demand | ProvisionResult {
    const needs = this.#needs.read(plugin);
    if (!("requirements" in needs)) return needs;
    const { requirements, modules, manifest } = needs;
    const { surroundings, hostPlace, text: host } = this.#hostState();
    const text = requirementsText(requirements, surroundings, hostPlace);
    const isNone = requirements.dependencies.size === 0 && requirements.optionalDependencies.size === 0;
    const pluginLock = isNone ? undefined : readPluginLock(plugin.folder, this.#options.installer);
    if (pluginLock instanceof PlugoError) return aboutPlugin(pluginLock, plugin.name);
    const peers = canonicalJson(requirements.peers);
    const seen = { packageJson: requirements.files.size === 0 ? manifest.text : null, host, peers };
    const { name, version } = plugin;
    const lock = pluginLock === undefined ? null : contentHash(pluginLock);
    const inputs = { plugin: name, version, lock, requirements: text, seen };
    const demand: Demand = { ...needs, text, pluginLock, inputs, madeFrom: madeFrom(inputs, peers) };
    if (!isNone && modules.kind !== "foreign") return demand;
    return Object.freeze({ environment: null, madeFrom: demand.madeFrom });
  }

  #hostState(): HostState {
    if (this.#host !== undefined) return this.#host;
    const settings = this.#needs.settings();
    const surroundings = surroundingsOf(this.#options.hostFolder, this.#options.allowScripts);
    // Where the settings are not valid, no plugin gets that far.
    const lists = settings instanceof PlugoError ? [] : [settings.sharedDependencies, settings.allowedDependencies];
    const { home, hostFolder } = this.#options;
    const hostPlace = isWithin(home, hostFolder) ? null : relative(home, hostFolder).split(sep).join("/");
    const text = canonicalJson([
      surroundings,
      lists.map((list) => [...list]),
      ...(hostPlace === null ? [] : [hostPlace]),
    ]);
    return (this.#host = { surroundings, hostPlace, text });
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

  /** A provision of an environment that is there, when it is complete and holds what is wanted. */
  #provisionFrom(demand: Demand, environment: string): Provision | undefined {
    const { inputs } = demand;
    const marker = readMarker(environment);
    if (marker === undefined || marker.requirements !== inputs.requirements || marker.lock !== inputs.lock)
      return undefined;
    if (canonicalJson(marker.seen) !== canonicalJson(inputs.seen)) {
      renewMarker(environment, { ...inputs, installer: marker.installer });
    }
    return Object.freeze({ environment, madeFrom: demand.madeFrom });
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

/** What is the same for all plugins, and as it was when it was last read. */
interface HostState {
  readonly surroundings: Surroundings;
  /** See `requirementsText`. */
  readonly hostPlace: string | null;
  /** See `SeenFiles.host`. */
  readonly text: string;
}

/** What a plugin needs an environment for. */
interface Demand extends Needs {
  /** See `EnvironmentInputs.requirements`. */
  readonly text: string;
  /** The lockfile that the plugin brings. */
  readonly pluginLock: string | undefined;
  readonly inputs: Omit<EnvironmentMarker, "installer">;
  readonly madeFrom: string;
}

function madeFrom({ requirements, lock }: Pick<EnvironmentMarker, "requirements" | "lock">, peers: string): string {
  return `${requirements} ${lock} ${peers}`;
}
