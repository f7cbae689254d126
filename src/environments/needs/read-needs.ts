import { dirname } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { aboutPlugin, PlugoError, plugoError } from "../../kernel/plugo-error.ts";
import { describeUnreadable } from "../../manifest/json-file.ts";
import type { PackageManifest } from "../../manifest/package-manifest.ts";
import { readPackageManifest } from "../../manifest/read-package-manifest.ts";
import { lookAtModules, type PluginModules } from "../home/link-environment.ts";
import { noPackages, type PluginToProvision } from "../provisioner.ts";
import { checkPeers, type LookupFolders } from "./check-peers.ts";
import { readHostSettings, type HostSettings } from "./host-settings.ts";
import { requirementsOf, type Requirements } from "./requirements.ts";

/** What a plugin needs of packages, once the application has what it takes from there. */
export interface Needs {
  readonly plugin: PluginToProvision;
  readonly manifest: PackageManifest;
  readonly requirements: Requirements;
  readonly settings: HostSettings;
  readonly modules: PluginModules;
  /** Where Node.js finds the plugin's packages that are not plugo's: upwards from each. */
  readonly folders: LookupFolders;
}

/** Reads what plugins need, and remembers the `package.json` files that it has read. */
export class NeedsReader {
  readonly #home: string;
  readonly #hostFolder: string;
  readonly #manifests = new Map<string, PackageManifest>();
  #settings: HostSettings | PlugoError | undefined;

  constructor({ home, hostFolder }: { readonly home: string; readonly hostFolder: string }) {
    this.#home = home;
    this.#hostFolder = hostFolder;
  }

  /** Reads the application's settings anew when they are next needed. */
  renew(): void {
    this.#settings = undefined;
  }

  /** The application's settings, or what is wrong with them. */
  settings(): HostSettings | PlugoError {
    return (this.#settings ??= readHostSettings(this.#hostFolder));
  }

  /** @returns The needs; {@link noPackages} for a plugin that has none; or what is wrong. Never throws. */
  read(plugin: PluginToProvision): Needs | typeof noPackages | PlugoError {
    try {
      return this.#read(plugin);
    } catch (error) {
      const file = displayPath((error as NodeJS.ErrnoException).path ?? plugin.folder);
      const facts = { file, findings: [`${file} ${describeUnreadable(error)}`] };
      return plugoError("PLUGO_MANIFEST_INVALID", facts, { plugin: plugin.name, cause: error });
    }
  }

  #read(plugin: PluginToProvision): Needs | typeof noPackages | PlugoError {
    const { name, folder } = plugin;
    const read = readPackageManifest(folder, name, this.#manifests.get(folder));
    if ("isMissing" in read) return noPackages;
    if ("problem" in read) return read.problem;
    const { manifest } = read;
    this.#manifests.set(folder, manifest);
    if (asksForNothing(manifest)) return noPackages;
    const settings = this.settings();
    if (settings instanceof PlugoError) return aboutPlugin(settings, name);
    const requirements = requirementsOf(plugin, manifest, settings);
    if (requirements instanceof PlugoError) return requirements;
    const modules = lookAtModules(folder, this.#home);
    const folders = lookupFolders(folder, modules, this.#hostFolder);
    const { peers } = requirements;
    const problem = peers.length === 0 ? undefined : checkPeers({ name, file: manifest.file }, peers, folders);
    return problem ?? { plugin, manifest, requirements, settings, modules, folders };
  }
}

/** A link of plugo's leads to what was installed for the plugin, not to the application's packages. */
export function lookupFolders(folder: string, modules: PluginModules, hostFolder: string): LookupFolders {
  return [modules.kind === "linked" ? dirname(folder) : folder, hostFolder];
}

function asksForNothing({ dependencies, optionalDependencies, peerDependencies }: PackageManifest): boolean {
  return dependencies.size === 0 && optionalDependencies.size === 0 && peerDependencies.size === 0;
}
