import { randomUUID } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { isPlugoError, plugoError } from "../kernel/plugo-error.ts";
import type { Template } from "./template.ts";

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
 * @throws PlugoError `PLUGO_NEW_EXISTS`, `PLUGO_NEW_UNWRITABLE`, `PLUGO_INTERRUPTED`.
 */
export async function makeFolder({ folder, files, force, prepare }: FolderToMake): Promise<void> {
  refuseExisting(folder, force);
  const parent = dirname(folder);
  const interruption = interruptible();
  let madeParent: string | undefined;
  let stage: string | undefined;
  try {
    madeParent = mkdirSync(parent, { recursive: true });
    stage = join(parent, `.new-${basename(folder)}-${randomUUID()}`);
    mkdirSync(stage);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(stage, path)), { recursive: true });
      writeFileSync(join(stage, path), content);
    }
    await prepare?.(stage, interruption.signal);
    await interruption.pause();
    putInPlace(stage, folder, force);
    madeParent = undefined;
  } catch (error) {
    if (isPlugoError(error)) throw error;
    const facts = { folder: displayPath(parent), reason: fileErrorReason(error) };
    throw plugoError("PLUGO_NEW_UNWRITABLE", facts, { cause: error });
  } finally {
    interruption.end();
    if (stage !== undefined) rmSync(stage, { recursive: true, force: true });
    if (madeParent !== undefined) rmSync(madeParent, { recursive: true, force: true });
  }
}

/** @throws PlugoError `PLUGO_NEW_EXISTS`. */
export function refuseExisting(folder: string, force: boolean, canForce = true): void {
  if (force || lstatSync(folder, { throwIfNoEntry: false }) === undefined) return;
  throw plugoError("PLUGO_NEW_EXISTS", { folder: displayPath(folder), canForce });
}

/** What was there is put aside first, and comes back when the new one cannot take its place. */
function putInPlace(made: string, folder: string, force: boolean): void {
  const aside = `${made}.before`;
  if (force && lstatSync(folder, { throwIfNoEntry: false }) !== undefined) renameSync(folder, aside);
  else refuseExisting(folder, false);
  try {
    renameSync(made, folder);
  } catch (error) {
    if (existsSync(aside)) renameSync(aside, folder);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** While it lasts, a signal ends what is being made and not the process. */
function interruptible(): { readonly signal: AbortSignal; pause(): Promise<void>; end(): void } {
  const controller = new AbortController();
  const onSignal = (): void => controller.abort(plugoError("PLUGO_INTERRUPTED", { state: "nothing was made" }));
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    /** A signal that came while files were written is heard only now. */
    async pause() {
      await new Promise((resolve) => setImmediate(resolve));
      controller.signal.throwIfAborted();
    },
    end() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
