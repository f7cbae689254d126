import { closeSync, fsyncSync, lstatSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject } from "../manifest/json-object.ts";
import { readTextOfFile } from "../manifest/read-text.ts";
import type { EnvironmentInputs } from "./environment-name.ts";

/** The file that an installation writes last: a folder that has it is complete. */
export const markerFile = ".plugo-env.json";
/** The lockfile that the plugin brings, as it was; the installer may write its own anew. */
export const pluginLockFile = ".plugo-lock";

/** What a complete environment says about itself. */
export interface EnvironmentMarker extends EnvironmentInputs {
  readonly plugin: string;
  readonly version: string;
}

/** What an environment was made from, or `undefined` when there is none that is complete. A stat and a small read. */
export function readMarker(environment: string): EnvironmentMarker | undefined {
  let value: unknown;
  try {
    if (!lstatSync(join(environment, "node_modules")).isDirectory()) return undefined;
    value = JSON.parse(readTextOfFile(join(environment, markerFile)));
  } catch {
    return undefined;
  }
  return isMarker(value) ? value : undefined;
}

function isMarker(value: unknown): value is EnvironmentMarker {
  if (!isJsonObject(value)) return false;
  const texts = [value["plugin"], value["version"], value["installer"], value["requirements"]];
  return (
    texts.every((text) => typeof text === "string") && (value["lock"] === null || typeof value["lock"] === "string")
  );
}

/** Writes the marker and waits until the disk has it. Throws the file system's error. */
export function writeMarker(environment: string, marker: EnvironmentMarker): void {
  const { plugin, version, installer, lock, requirements } = marker;
  const file = openSync(join(environment, markerFile), "wx");
  try {
    writeSync(file, `${JSON.stringify({ plugin, version, installer, lock, requirements }, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(environment);
}

/** Makes what was created in a folder, or renamed into it, last through a power failure. */
export function syncFolder(folder: string): void {
  // Windows has no such thing, and no handle of a folder.
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
