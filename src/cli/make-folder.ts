import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { isPlugoError, plugoError } from "../kernel/plugo-error.ts";
import { statsOf } from "../sources/stats-of.ts";
import type { Template } from "./template.ts";
import { untilInterrupted } from "./until-interrupted.ts";

export interface FolderToMake {
  /** The folder, an absolute path. */
  readonly folder: string;
  /** Its files. */
  readonly files: Template;
  /** Whether a folder that is there is replaced. */
  readonly force: boolean;
  /** What else is done before the folder is there, in the folder that becomes it. */
  readonly prepare?: (folder: string, signal: AbortSignal) => Promise<void>;
}

/**
 * Makes a folder in one step: everything is written beside it first, under a name that is no plugin's. When that fails
 * or is interrupted, nothing of it is left.
 *
 * @throws PlugoError `PLUGO_NEW_EXISTS`, `PLUGO_FOLDER_UNWRITABLE`, `PLUGO_INTERRUPTED`.
 */
export async function makeFolder(wish: FolderToMake): Promise<void> {
  const { folder, force } = wish;
  refuseExisting(folder, force);
  const parent = dirname(folder);
  let madeParent: string | undefined;
  let stage: string | undefined;
  try {
    madeParent = mkdirSync(parent, { recursive: true });
    stage = join(parent, `.new-${basename(folder)}-${randomUUID()}`);
    await fill(stage, wish);
    putInPlace(stage, folder, force);
    madeParent = undefined;
  } catch (error) {
    if (isPlugoError(error)) throw error;
    const facts = { folder: displayPath(parent), reason: fileErrorReason(error), option: "--output-dir" } as const;
    throw plugoError("PLUGO_FOLDER_UNWRITABLE", facts, { cause: error });
  } finally {
    if (stage !== undefined) rmSync(stage, { recursive: true, force: true });
    if (madeParent !== undefined) rmSync(madeParent, { recursive: true, force: true });
  }
}

function fill(stage: string, { files, prepare }: FolderToMake): Promise<void> {
  return untilInterrupted("nothing was made", async (signal) => {
    mkdirSync(stage);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(stage, path)), { recursive: true });
      writeFileSync(join(stage, path), content);
    }
    await prepare?.(stage, signal);
  });
}

/** @throws PlugoError `PLUGO_NEW_EXISTS`. */
export function refuseExisting(folder: string, force: boolean, canForce = true): void {
  if (force || statsOf(folder) === undefined) return;
  throw plugoError("PLUGO_NEW_EXISTS", { folder: displayPath(folder), canForce });
}

/** What was there is put aside first, and comes back when the new one cannot take its place. */
function putInPlace(made: string, folder: string, force: boolean): void {
  const aside = `${made}.before`;
  if (force && statsOf(folder) !== undefined) renameSync(folder, aside);
  else refuseExisting(folder, false);
  try {
    renameSync(made, folder);
  } catch (error) {
    if (existsSync(aside)) renameSync(aside, folder);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}
