import { cpSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isJsonObject } from "../../manifest/json-object.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { statsOf } from "../../sources/stats-of.ts";
import { linkFolder } from "../home/link-folder.ts";
import { packageFolders } from "../installers/installed-packages.ts";
import { findInstalled, type LookupFolders } from "../needs/check-peers.ts";

/**
 * Sees to it that a plugin, and those of its packages that say so, get the application's copy of its peers. Another copy
 * may lie at the top of the environment because some other package depends on it: that moves to the packages that do.
 *
 * @param environment A folder, at the depth where the environment will be.
 * @param isBelowHost Whether Node.js finds the application's packages from there; else links lead to them.
 */
export function leavePeersToHost(
  environment: string,
  peers: readonly { readonly name: string }[],
  folders: LookupFolders,
  isBelowHost: boolean,
): void {
  const modules = join(environment, "node_modules");
  for (const { name } of peers) {
    const top = join(modules, name);
    if (statsOf(top) !== undefined) {
      for (const dependent of dependentsOn(name, modules)) copyInto(dependent, name, top);
      rmSync(top, { recursive: true });
    }
    const found = isBelowHost ? undefined : findInstalled(name, folders);
    if (found !== undefined) {
      mkdirSync(dirname(top), { recursive: true });
      linkFolder(realpathSync(dirname(found.file)), top);
    }
  }
}

/** The packages, as their folders, that depend on one and get the copy at the top. */
function dependentsOn(name: string, modules: string): readonly string[] {
  const folders = Array.from(packageFolders(modules), ({ path }) => path);
  return folders.filter((folder) => {
    if (!dependsOn(folder, name)) return false;
    for (let place = folder; place !== dirname(modules); place = dirname(place)) {
      if (statsOf(join(place, "node_modules", name)) !== undefined) return false;
    }
    return true;
  });
}

function dependsOn(folder: string, name: string): boolean {
  const manifest = readJsonObject(join(folder, packageFile)) ?? {};
  const fields = [manifest["dependencies"], manifest["optionalDependencies"]];
  return fields.some((field) => isJsonObject(field) && Object.hasOwn(field, name));
}

/** What the copy needs it finds where it found it before, or has with it. */
function copyInto(dependent: string, name: string, source: string): void {
  const target = join(dependent, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
}
