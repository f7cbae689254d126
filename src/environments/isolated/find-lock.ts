import { join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../../kernel/plugo-error.ts";
import { describeUnreadable } from "../../manifest/json-file.ts";
import { readText } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";
import { environmentsIn } from "../home/environments-in.ts";
import type { Installer } from "../installers/installer.ts";

/** The lockfile that a plugin brings; `undefined` when it brings none, and a problem when it cannot be read. */
export function readPluginLock(folder: string, installer: Installer): string | PlugoError | undefined {
  const file = join(folder, installer.lockfile);
  if (statsOf(file) === undefined) return undefined;
  try {
    return readText(file);
  } catch (error) {
    const shown = displayPath(file);
    const facts = { file: shown, findings: [`${shown} ${describeUnreadable(error)}`] };
    return plugoError("PLUGO_MANIFEST_INVALID", facts, { cause: error });
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
    if (typeof lock === "string") return lock;
  }
  return undefined;
}
