import { join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { aboutPlugin, plugoError, type PlugoError } from "../../kernel/plugo-error.ts";
import { placesIn } from "../../manifest/explain-json.ts";
import { consolidate } from "../consolidation/consolidate.ts";
import type { DependencyConflict, MergedRequirement, Requirement } from "../consolidation/requirement.ts";
import { installTimeoutMs, lockWaitLimitMs, type EnvironmentOptions } from "../environment-options.ts";
import { EnvironmentLock } from "../home/environment-lock.ts";
import { makeHome } from "../home/make-home.ts";
import { installationProblem } from "../installation-problem.ts";
import { classifySpec } from "../needs/dependency-spec.ts";
import type { Needs } from "../needs/read-needs.ts";
import { HostManifest } from "./host-manifest.ts";

/** What a plugin needs, and the names of what of it is not there. */
export interface HostNeeds extends Needs {
  readonly missing: readonly string[];
}

/**
 * Installs what plugins lack into the application, in one call for all, and writes it into the application's
 * `package.json`: what is not there the next installation of the application would remove.
 *
 * @param all Plugins that lack something, and those that do not, whose ranges count as well.
 * @param missingPackages Says what a plugin lacks now.
 * @returns The problems of those that cannot have what they lack, by name. Never rejects.
 */
export async function installIntoHost(
  all: readonly HostNeeds[],
  missingPackages: (needs: Needs) => readonly string[],
  options: EnvironmentOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PlugoError>> {
  const problems = new Map<string, PlugoError>();
  const lacking = (): readonly HostNeeds[] =>
    all.filter((needs) => needs.missing.length > 0 && !problems.has(needs.plugin.name));
  const failAll = (error: unknown): void => {
    for (const { plugin } of lacking()) {
      const problem = aboutPlugin(installationProblem(error, plugin.name, options.hostFolder), plugin.name);
      problems.set(plugin.name, problem);
    }
  };
  let lock: EnvironmentLock | undefined;
  try {
    lock = await lockHost(options, signal, () => lacking().every((needs) => missingPackages(needs).length === 0));
    if (lock === undefined) return problems;
    const host = new HostManifest(options.hostFolder);
    const packages = mergeInto(host, all, problems);
    if (packages.size > 0) await installAll(host, packages, options, signal);
    for (const needs of lacking()) {
      // An optional one may stay missing.
      const missing = missingPackages(needs).filter((name) => needs.requirements.dependencies.has(name));
      if (missing.length === 0) continue;
      const { name } = needs.plugin;
      const facts = { name, installer: options.installer.name, missing };
      problems.set(name, plugoError("PLUGO_ENVIRONMENT_INCOMPLETE", facts, { plugin: name }));
    }
  } catch (error) {
    failAll(error);
  } finally {
    lock?.release();
    options.onEvent({ plugin: undefined, kind: "ended" });
  }
  return problems;
}

/** `undefined` when there is nothing to do any more. */
async function lockHost(
  { home, hostFolder, installer, clock, onEvent }: EnvironmentOptions,
  signal: AbortSignal,
  isNeedless: () => boolean,
): Promise<EnvironmentLock | undefined> {
  makeHome(home);
  const path = join(home, "application.lock");
  const onWait = (owner: string): void => onEvent({ plugin: undefined, kind: "waiting", owner });
  const request = { path, clock, waitLimitMs: lockWaitLimitMs, signal, isNeedless, onWait };
  const outcome = await EnvironmentLock.acquire(request);
  if (outcome.kind === "held") return outcome.lock;
  if (outcome.kind === "needless") return undefined;
  if (outcome.kind === "aborted")
    throw plugoError("PLUGO_INSTALL_ABORTED", { name: undefined, installer: installer.name });
  const facts = { name: displayPath(hostFolder), lock: displayPath(path), owner: outcome.owner };
  throw plugoError("PLUGO_ENVIRONMENT_LOCKED", { ...facts, waitedMs: lockWaitLimitMs });
}

/**
 * What the packages that are lacking come to, for all plugins and the application. Plugins whose ranges do not agree with
 * the others' get a problem; what only they lack is left out. Against the application itself, only those lose that do not
 * agree with it.
 */
function mergeInto(
  host: HostManifest,
  all: readonly HostNeeds[],
  problems: Map<string, PlugoError>,
): ReadonlyMap<string, MergedRequirement> {
  for (;;) {
    const candidates = all.filter(({ plugin }) => !problems.has(plugin.name));
    const packages = new Set(candidates.flatMap(({ missing }) => missing));
    const own = host.requirements(packages);
    const wanted = candidates.map((needs) => ({ needs, requirements: requirementsFor(needs, packages) }));
    const { merged, conflicts } = consolidate([...own, ...wanted.flatMap(({ requirements }) => requirements)], "error");
    if (conflicts.length === 0) return merged;
    const withApplication = wanted.map(({ needs, requirements }) => ({
      needs,
      conflicts: consolidate([...own, ...requirements], "error").conflicts,
    }));
    const withAll = candidates.map((needs) => ({ needs, conflicts }));
    const losses = [withApplication, withAll].map((each) => each.flatMap(lossOf)).find(({ length }) => length > 0);
    for (const { name, lost } of losses ?? []) problems.set(name, conflictOf(name, lost));
  }
}

/** Someone loses every conflict: the package is in none but for a plugin that lacks it. */
function lossOf({
  needs,
  conflicts,
}: {
  readonly needs: HostNeeds;
  readonly conflicts: readonly DependencyConflict[];
}): readonly {
  readonly name: string;
  readonly lost: readonly DependencyConflict[];
}[] {
  const lost = conflicts.filter((conflict) => needs.missing.includes(conflict.package));
  return lost.length === 0 ? [] : [{ name: needs.plugin.name, lost }];
}

function requirementsFor(
  { plugin, manifest, requirements }: HostNeeds,
  packages: ReadonlySet<string>,
): readonly Requirement[] {
  const placeOf = placesIn({ text: manifest.text, file: displayPath(manifest.file) });
  return (["dependencies", "optionalDependencies"] as const).flatMap((field) =>
    Array.from(requirements[field])
      .filter(([name]) => packages.has(name))
      .map(([name, range]): Requirement => {
        const file = requirements.files.get(name) ?? null;
        const isOptional = field === "optionalDependencies";
        const where = placeOf([field, name]);
        return { package: name, plugin: plugin.name, range, spec: classifySpec(range), file, isOptional, where };
      }),
  );
}

function conflictOf(name: string, conflicts: readonly DependencyConflict[]): PlugoError {
  const findings = conflicts.map((conflict) => {
    const wanted = conflict.requirements.map(({ plugin, range, where }) => `${range} (${plugin}, ${where})`);
    return `${conflict.package}: no version is ${wanted.join(" and ")} at once`;
  });
  return plugoError("PLUGO_HOST_CONFLICT", { name, findings }, { plugin: name });
}

async function installAll(
  host: HostManifest,
  packages: ReadonlyMap<string, MergedRequirement>,
  options: EnvironmentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { installer, hostFolder, env, allowScripts, frozen, offline, logger, onEvent, clock } = options;
  if (frozen) {
    const reason = `it does not have ${[...packages.keys()].join(", ")}`;
    const facts = { name: undefined, installer: installer.name, lockfile: installer.lockfile, reason };
    throw plugoError("PLUGO_INSTALL_FROZEN", facts);
  }
  onEvent({ plugin: undefined, kind: "installing", packages: packages.size, installer: installer.name });
  const startedAt = clock.now();
  try {
    host.add(packages);
    await installer.install({
      ...{ plugin: undefined, folder: hostFolder, hostFolder, env, allowScripts, frozen, offline, signal, logger },
      timeoutMs: installTimeoutMs,
      onOutput: (line) => onEvent({ plugin: undefined, kind: "output", line }),
    });
  } catch (error) {
    host.takeBack();
    throw error;
  }
  onEvent({ plugin: undefined, kind: "installed", durationMs: clock.now() - startedAt });
}
