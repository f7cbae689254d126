import { displayPath } from "../../kernel/display-path.ts";
import { fileErrorReason } from "../../kernel/file-error-reason.ts";
import { PlugoError, plugoError } from "../../kernel/plugo-error.ts";
import { problemText } from "../../kernel/problem-text.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { EnvironmentOptions } from "../environment-options.ts";
import { linkEnvironment } from "../home/link-environment.ts";
import { installQueue } from "../install-queue.ts";
import { findInstalled, meetsSpec } from "../needs/check-peers.ts";
import { NeedsReader, type Needs } from "../needs/read-needs.ts";
import type { PluginToProvision, Provision, Provisioner, ProvisionResult } from "../provisioner.ts";
import type { HostNeeds } from "./install-into-host.ts";

/** Has what plugins need and the application lacks installed into the application. */
export class HostProvisioner implements Provisioner {
  readonly #options: EnvironmentOptions;
  readonly #needs: NeedsReader;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#needs = new NeedsReader(options);
  }

  provision(
    plugins: readonly PluginToProvision[],
    signal: AbortSignal,
  ): ReadonlyMap<string, ProvisionResult | Promise<ProvisionResult>> {
    this.#needs.renew();
    const results = new Map<string, ProvisionResult | Promise<ProvisionResult>>();
    const all: HostNeeds[] = [];
    for (const plugin of plugins) {
      const needs = this.#needs.read(plugin);
      if (!("requirements" in needs)) results.set(plugin.name, needs);
      else all.push({ ...needs, missing: missingPackages(needs) });
    }
    if (all.every(({ missing }) => missing.length === 0)) {
      for (const needs of all) results.set(needs.plugin.name, provisionOf(needs));
      return results;
    }
    const installed = installQueue.add(async () => {
      const { installIntoHost } = await import("./install-into-host.ts");
      return installIntoHost(all, missingPackages, this.#options, signal);
    });
    for (const needs of all) {
      const { name } = needs.plugin;
      const provision = provisionOf(needs);
      // What is there already waits, too: an installation may move it.
      results.set(
        name,
        installed.then((problems) => problems.get(name) ?? provision),
      );
    }
    return results;
  }

  isCurrent(plugin: PluginToProvision, provision: Provision): boolean {
    const needs = this.#needs.read(plugin);
    if (needs instanceof PlugoError) return false;
    return ("requirements" in needs ? provisionOf(needs) : needs).madeFrom === provision.madeFrom;
  }

  /** A link that an environment was given by is in the way. */
  link({ folder }: PluginToProvision): void {
    try {
      linkEnvironment(folder, null, this.#options.home);
    } catch (error) {
      const facts = { folder: displayPath(folder), reason: fileErrorReason(error) };
      this.#options.logger.warn(problemText(plugoError("PLUGO_LINK_UNWRITABLE", facts)));
    }
  }
}

/** What a plugin needs and Node.js does not find from its folder. */
function missingPackages({ requirements, settings, folders }: Needs): readonly string[] {
  const isThere = ([name, spec]: readonly [string, string]): boolean => {
    const found = findInstalled(name, folders);
    return found !== undefined && meetsSpec(found, spec);
  };
  const required = [...requirements.dependencies].filter((dependency) => !isThere(dependency));
  const optional = [...requirements.optionalDependencies].filter((dependency) => {
    return !settings.optionalDependencies.has(dependency[0]) && !isThere(dependency);
  });
  return [...required, ...optional].map(([name]) => name);
}

function provisionOf({ requirements }: Needs): Provision {
  const { dependencies, optionalDependencies, peers } = requirements;
  return Object.freeze({ environment: null, madeFrom: canonicalJson([dependencies, optionalDependencies, peers]) });
}
