import { closeSync, fsync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { util } from "../../kernel/lazy-require.ts";
import { isJsonObject } from "../../manifest/json-object.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import { readTextOfFile } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";
import { writeInOneStep } from "../../sources/write-in-one-step.ts";
import type { EnvironmentInputs } from "./environment-name.ts";

/** The file that an installation writes last: a folder that has it is complete. */
export const markerFile = ".plugo-env.json";
/** The lockfile that the plugin brings, as it was; the installer may write its own anew. */
export const pluginLockFile = ".plugo-lock";

/** What a complete environment says about itself. */
export interface EnvironmentMarker extends EnvironmentInputs {
  readonly plugin: string;
  readonly version: string;
  readonly seen: SeenFiles;
}

/**
 * What the requirements were made from, as it was written: where it is still the same, so are they. It does not count
 * for what the environment is.
 */
export interface SeenFiles {
  /** The text of the plugin's `package.json`; `null` when that is not all that the requirements were made from. */
  readonly packageJson: string | null;
  /** The application's settings and the machine, as `hostText` has them. */
  readonly host: string;
  /** The requirements' peers, as JSON. */
  readonly peers: string;
}

/** What an environment was made from, or `undefined` when there is none that is complete. A stat and a small read. */
export function readMarker(environment: string): EnvironmentMarker | undefined {
  if (statsOf(join(environment, "node_modules"))?.isDirectory() !== true) return undefined;
  const value = readJsonObject(join(environment, markerFile), readTextOfFile);
  return isMarker(value) ? value : undefined;
}

function isMarker(value: unknown): value is EnvironmentMarker {
  if (!isJsonObject(value) || !isJsonObject(value["seen"])) return false;
  const { plugin, version, installer, requirements, lock, seen } = value;
  const { packageJson, host, peers } = seen;
  const texts = [plugin, version, installer, requirements, lock ?? "", packageJson ?? "", host, peers];
  return texts.every((text) => typeof text === "string");
}

/** Writes the marker and waits until the disk has it. Rejects with the file system's error. */
export async function writeMarker(environment: string, marker: EnvironmentMarker): Promise<void> {
  const file = openSync(join(environment, markerFile), "wx");
  try {
    writeSync(file, textOf(marker));
    await sync(file);
  } finally {
    closeSync(file);
  }
  await syncFolder(environment);
}

/** Notes what the requirements of an environment that is there are made from now. */
export function renewMarker(environment: string, marker: EnvironmentMarker): void {
  try {
    writeInOneStep(join(environment, markerFile), textOf(marker));
  } catch {
    // It is found as it was found now.
  }
}

function textOf({ plugin, version, installer, lock, requirements, seen }: EnvironmentMarker): string {
  return `${JSON.stringify({ plugin, version, installer, lock, requirements, seen }, undefined, 2)}\n`;
}

/** Makes what was created in a folder, or renamed into it, last through a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing, and no handle of a folder.
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    await sync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A disk may take long, and an application that serves must not wait for it. */
function sync(handle: number): Promise<void> {
  return util().promisify(fsync)(handle);
}
