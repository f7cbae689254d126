import type { PlugoError } from "../kernel/plugo-error.ts";

/** A plugin whose npm dependencies are asked for. */
export interface PluginToProvision {
  readonly name: string;
  /** A semver version. */
  readonly version: string;
  /** The plugin's folder, with symbolic links resolved. */
  readonly folder: string;
}

/** What a plugin's generation is made with. Frozen. */
export interface Provision {
  /**
   * The folder whose `node_modules` is the first place where the plugin's packages are looked up, an absolute path;
   * `null` when the plugin has no environment of its own.
   */
  readonly environment: string | null;
  /** What it was made from: the plugin's `package.json` and lockfile. Two of the same plugin are alike when these are. */
  readonly madeFrom: string;
}

/** Gives plugins their npm dependencies. */
export interface Provisioner {
  /**
   * Sees to it that the dependencies of all these plugins are there. A plugin that asks for none, and has never been seen
   * to, has no result: {@link noPackages} is its provision. What is there already is a value at once and runs no process;
   * what has to be installed is a promise. A fault is a value, and one plugin's; nothing throws or rejects.
   *
   * @param signal Ends what is under way.
   */
  provision(
    plugins: readonly PluginToProvision[],
    signal: AbortSignal,
  ): ReadonlyMap<string, ProvisionResult | Promise<ProvisionResult>>;

  /** Whether the plugin's files still ask for what a provision was made from. */
  isCurrent(plugin: PluginToProvision, provision: Provision): boolean;

  /**
   * Makes the plugin's `node_modules` lead to this environment, for tools and for what Node.js resolves itself.
   * Called with a new one before its modules are loaded, and with the old one when the new one was thrown away.
   */
  link(plugin: PluginToProvision, provision: Provision): void;
}

export type ProvisionResult = Provision | PlugoError;

/** The provision of a plugin that asks for no package. */
export const noPackages: Provision = Object.freeze({ environment: null, madeFrom: "" });
