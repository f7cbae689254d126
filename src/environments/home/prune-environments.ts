import { renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { isMissingFile } from "../../manifest/json-file.ts";
import { readText } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";
import type { Clock } from "../clock.ts";
import { EnvironmentLock } from "./environment-lock.ts";
import { environmentsIn, namesIn } from "./environments-in.ts";
import { folderSize } from "./folder-size.ts";
import { clearEndedLeases, readLeases } from "./lease.ts";
import { linkedFromFile, lookAtModules } from "./link-environment.ts";
import { removeFolder } from "./remove-folder.ts";
import { isLeftover, temporaryName } from "./temporary-name.ts";

export interface PruneRequest {
  /** The folder of environments, an absolute path. */
  readonly home: string;
  /** Environments that stay in any case, by their absolute paths. */
  readonly keep: Iterable<string>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What pruning has removed. */
export interface PrunedFolder {
  /** Its absolute path, as it was. */
  readonly path: string;
  /** What its files held, in bytes. */
  readonly bytes: number;
}

/**
 * Removes the environments that nothing refers to: no plugin's `node_modules`, no process that runs, and not `keep`; and
 * what installations left behind that did not end. What is in use, or being made, is never removed. Throws the file
 * system's error when the folder cannot be written.
 */
export async function pruneEnvironments(request: PruneRequest): Promise<readonly PrunedFolder[]> {
  const { home } = request;
  const keep = new Set(Array.from(request.keep, (path) => resolve(path)));
  const removed: PrunedFolder[] = [];
  for (const { name, path } of environmentsIn(home)) {
    if (request.signal.aborted) return removed;
    if (keep.has(path) || isLinked(path, home) || readLeases(home)(name)) continue;
    const aside = await putAside(name, request);
    if (aside !== undefined) removed.push(await remove(aside, path));
  }
  for (const name of namesIn(home)) {
    const path = join(home, name);
    if (name.endsWith(".lock")) (await acquireNow(path, request))?.release();
    else if (isAbandoned(name, path, readLeases(home))) removed.push(await remove(path, path));
  }
  clearEndedLeases(home);
  return removed;
}

/** Where the environment is now; `undefined` when it is being made, or was taken into use in the last moment. */
async function putAside(name: string, request: PruneRequest): Promise<string | undefined> {
  const { home } = request;
  const path = join(home, name);
  const lock = await acquireNow(`${path}.lock`, request);
  if (lock === undefined) return undefined;
  try {
    const aside = join(home, temporaryName("pruned"));
    renameSync(path, aside);
    // A process notes what it is going to use before it looks whether it is there. One that looked now waits for the lock.
    if (!readLeases(home)(name)) return aside;
    renameSync(aside, path);
    return undefined;
  } finally {
    lock.release();
  }
}

/** A lock that no running process has. One that was left behind is taken over. */
async function acquireNow(path: string, { clock, signal }: PruneRequest): Promise<EnvironmentLock | undefined> {
  const request = { path, clock, signal, waitLimitMs: 0, isNeedless: () => false, onWait: () => {} };
  const outcome = await EnvironmentLock.acquire(request);
  return outcome.kind === "held" ? outcome.lock : undefined;
}

async function remove(path: string, was: string): Promise<PrunedFolder> {
  const bytes = folderSize(path);
  await removeFolder(path);
  return { path: was, bytes };
}

/** Whether the `node_modules` of a plugin leads to an environment. */
function isLinked(environment: string, home: string): boolean {
  return linkedFolders(environment).some((folder) => {
    try {
      const modules = lookAtModules(folder, home);
      return modules.kind === "linked" && modules.environment === environment;
    } catch {
      // A folder that cannot be looked at may have the link.
      return true;
    }
  });
}

function linkedFolders(environment: string): readonly string[] {
  try {
    const lines = readText(join(environment, linkedFromFile)).split("\n");
    return lines.filter((line) => line !== "").map((line) => resolve(environment, line));
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

/** Whether something beside the environments is of no use to any process: what one left behind, or was replaced. */
function isAbandoned(name: string, path: string, isLeased: (environment: string) => boolean): boolean {
  const now = Date.now();
  if (isLeftover(name, now - (statsOf(path)?.ctimeMs ?? now))) return true;
  const replaced = /^\.replaced-[0-9a-f]+-(.+)$/.exec(name)?.[1];
  return replaced !== undefined && !isLeased(replaced);
}
