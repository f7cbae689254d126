import { join } from "node:path";
import { isMissingFile } from "../manifest/json-file.ts";
import { readText } from "../manifest/read-text.ts";
import { statsOf } from "../sources/stats-of.ts";
import { environmentsIn } from "./environments-in.ts";
import type { Installer } from "./installer.ts";

/** The lockfile that a plugin brings; `undefined` when it brings none. Throws the file system's error. */
export function readPluginLock(folder: string, installer: Installer): string | undefined {
  const file = join(folder, installer.lockfile);
  if (statsOf(file) === undefined) return undefined;
  try {
    return readText(file);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/**
 * The lockfile of the environment that the plugin had before, so that a dependency that is added does not move the
 * others; `undefined` when there is none.
 */
export function findKeptLock(home: string, plugin: string, installer: Installer): string | undefined {
  const own = environmentsIn(home).filter(({ marker }) => {
    return marker?.plugin === plugin && marker.installer.startsWith(`${installer.name}@`);
  });
  for (const { path } of own.toSorted((a, b) => b.modifiedMs - a.modifiedMs)) {
    const lock = readPluginLock(path, installer);
    if (lock !== undefined) return lock;
  }
  return undefined;
}
