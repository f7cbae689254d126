import { mkdirSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { isWithin } from "../../kernel/is-within.ts";
import { crypto } from "../../kernel/lazy-require.ts";
import { plugoError, type PlugoError } from "../../kernel/plugo-error.ts";
import { statsOf } from "../../sources/stats-of.ts";
import { installTimeoutMs, lockWaitLimitMs, type EnvironmentOptions } from "../environment-options.ts";
import { EnvironmentLock } from "../home/environment-lock.ts";
import { readMarker, syncFolder, writeMarker, type EnvironmentMarker } from "../home/environment-marker.ts";
import { namesIn } from "../home/environments-in.ts";
import { makeHome } from "../home/make-home.ts";
import { removeFolder } from "../home/remove-folder.ts";
import { isLeftover, temporaryName } from "../home/temporary-name.ts";
import { installationProblem } from "../installation-problem.ts";
import type { LookupFolders } from "../needs/check-peers.ts";
import type { Requirements } from "../needs/requirements.ts";
import { findKeptLock } from "./find-lock.ts";
import { leavePeersToHost } from "./leave-peers-to-host.ts";
import { missingPackages } from "./verify-packages.ts";
import { writeEnvironmentFiles } from "./write-environment-files.ts";

/** An environment that is to be there. */
export interface WantedEnvironment {
  /** Its folder, in the home of the options. */
  readonly path: string;
  /** What it has to say about itself. */
  readonly marker: EnvironmentMarker;
  /** The plugin's folder, with symbolic links resolved. */
  readonly pluginFolder: string;
  readonly requirements: Requirements;
  readonly pluginLock: string | undefined;
  /** Where the application's packages are looked for. */
  readonly folders: LookupFolders;
}

/**
 * Makes an environment, unless another process does or has done. It is installed into a folder of its own and renamed
 * when it is complete: whatever ends the process, at any moment, there is all of it or nothing.
 *
 * @returns What kept it from being made; never rejects.
 */
export async function installEnvironment(
  wanted: WantedEnvironment,
  options: EnvironmentOptions,
  signal: AbortSignal,
): Promise<PlugoError | undefined> {
  const { plugin } = wanted.marker;
  try {
    const lock = wanted.pluginLock ?? findKeptLock(options.home, plugin, options.installer);
    if (options.frozen && lock === undefined) {
      const folder = displayPath(wanted.pluginFolder);
      throw plugoError(
        "PLUGO_LOCK_MISSING",
        { name: plugin, lockfile: options.installer.lockfile, folder },
        { plugin },
      );
    }
    for (;;) {
      if ((await installOnce(wanted, lock, options, signal)) !== "taken over") return undefined;
    }
  } catch (error) {
    return installationProblem(error, plugin, options.home);
  } finally {
    options.onEvent({ plugin, kind: "ended" });
  }
}

/** @returns `taken over` when it failed and another process has the lock: that one's result counts. */
async function installOnce(
  wanted: WantedEnvironment,
  startingLock: string | undefined,
  options: EnvironmentOptions,
  signal: AbortSignal,
): Promise<"there" | "taken over"> {
  const { plugin } = wanted.marker;
  makeHome(options.home);
  const outcome = await EnvironmentLock.acquire({
    path: `${wanted.path}.lock`,
    clock: options.clock,
    waitLimitMs: lockWaitLimitMs,
    signal,
    isNeedless: () => isThere(wanted),
    onWait: (owner) => options.onEvent({ plugin, kind: "waiting", owner }),
  });
  if (outcome.kind === "needless") return "there";
  if (outcome.kind === "aborted")
    throw plugoError("PLUGO_INSTALL_ABORTED", { name: plugin, installer: options.installer.name }, { plugin });
  if (outcome.kind === "timed out") throw lockedBy(outcome.owner, wanted);
  const { lock } = outcome;
  const staging = join(options.home, temporaryName("staging"));
  const cleaned = removeLeftovers(options.home);
  try {
    // Whoever had the lock may have made it.
    if (isThere(wanted)) return "there";
    mkdirSync(staging);
    await fill(staging, wanted, startingLock, options, signal);
    await publish(staging, wanted);
    return "there";
  } catch (error) {
    if (!lock.isHeld() && !signal.aborted) return "taken over";
    throw error;
  } finally {
    await Promise.all([removeFolder(staging), cleaned]);
    lock.release();
  }
}

/** Whether the environment is there, complete and made from what is wanted. */
function isThere({ path, marker }: Pick<WantedEnvironment, "path" | "marker">): boolean {
  const found = readMarker(path);
  if (found === undefined) return false;
  const { requirements, installer, lock } = marker;
  return found.requirements === requirements && found.installer === installer && found.lock === lock;
}

async function fill(
  staging: string,
  wanted: WantedEnvironment,
  startingLock: string | undefined,
  options: EnvironmentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { marker, pluginFolder, requirements, pluginLock } = wanted;
  const { plugin, version } = marker;
  const { installer, hostFolder, env, allowScripts, frozen, offline, logger, onEvent, clock } = options;
  const { lockfile } = installer;
  writeEnvironmentFiles(staging, { pluginFolder, version, requirements, lockfile, lock: startingLock, pluginLock });
  const packages = requirements.dependencies.size + requirements.optionalDependencies.size;
  onEvent({ plugin, kind: "installing", packages, installer: installer.name });
  const startedAt = clock.now();
  await installer.install({
    ...{ plugin, folder: staging, hostFolder, env, allowScripts, frozen, offline, signal, logger },
    timeoutMs: installTimeoutMs,
    onOutput: (line) => onEvent({ plugin, kind: "output", line }),
  });
  const missing = missingPackages(staging, requirements);
  if (missing.length > 0) {
    const facts = { name: plugin, installer: installer.name, missing: missing.slice(0, 10) };
    throw plugoError("PLUGO_ENVIRONMENT_INCOMPLETE", facts, { plugin });
  }
  // Optional packages may all have been left out.
  mkdirSync(join(staging, "node_modules"), { recursive: true });
  leavePeersToHost(staging, requirements.peers, wanted.folders, isWithin(staging, hostFolder));
  await writeMarker(staging, marker);
  onEvent({ plugin, kind: "installed", durationMs: clock.now() - startedAt });
}

/** What is there in its place is not complete, or a process that was taken for dead has just finished. */
async function publish(staging: string, wanted: WantedEnvironment): Promise<void> {
  const home = dirname(wanted.path);
  for (let attempt = 1; ; attempt += 1) {
    if (isThere(wanted)) return;
    try {
      if (statsOf(wanted.path) !== undefined) renameSync(wanted.path, join(home, replacedName(wanted.path)));
      renameSync(staging, wanted.path);
      return await syncFolder(home);
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

/** Kept until `pruneEnvironments` finds that no process uses it: it may be broken only since one began to. */
function replacedName(path: string): string {
  return `.replaced-${crypto().randomBytes(6).toString("hex")}-${basename(path)}`;
}

async function removeLeftovers(home: string): Promise<void> {
  const now = Date.now();
  for (const name of namesIn(home)) {
    const path = join(home, name);
    if (isLeftover(name, now - (statsOf(path)?.ctimeMs ?? now))) await removeFolder(path);
  }
}

function lockedBy(owner: string, { path, marker: { plugin } }: WantedEnvironment): PlugoError {
  const facts = { name: plugin, lock: displayPath(`${path}.lock`), owner, waitedMs: lockWaitLimitMs };
  return plugoError("PLUGO_ENVIRONMENT_LOCKED", facts, { plugin });
}
