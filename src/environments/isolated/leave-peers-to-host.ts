import { cpSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isJsonObject } from "../../manifest/json-object.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { readText } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";
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
    if (found !== undefined) linkTo(realpathSync(dirname(found.file)), top);
  }
}

/** The packages, as their folders, that depend on one and get the copy at the top. */
function dependentsOn(name: string, modules: string): readonly string[] {
  return packagesIn(modules).filter((folder) => {
    if (!dependsOn(folder, name)) return false;
    for (let place = folder; place !== dirname(modules); place = dirname(place)) {
      if (statsOf(join(place, "node_modules", name)) !== undefined) return false;
    }
    return true;
  });
}

/** Every package in a `node_modules`, at whatever depth, as its folder. Links do not count. */
function packagesIn(modules: string): readonly string[] {
  return foldersIn(modules).flatMap((name) => {
    const folders = name.startsWith("@") ? foldersIn(join(modules, name)).map((inner) => join(name, inner)) : [name];
    return folders.flatMap((each) => {
      const folder = join(modules, each);
      return [folder, ...packagesIn(join(folder, "node_modules"))];
    });
  });
}

function foldersIn(folder: string): readonly string[] {
  if (statsOf(folder)?.isDirectory() !== true) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function dependsOn(folder: string, name: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readText(join(folder, packageFile)));
    if (!isJsonObject(manifest)) return false;
    const fields = [manifest["dependencies"], manifest["optionalDependencies"]];
    return fields.some((field) => isJsonObject(field) && Object.hasOwn(field, name));
  } catch {
    return false;
  }
}

/** What the copy needs it finds where it found it before, or has with it. */
function copyInto(dependent: string, name: string, source: string): void {
  const target = join(dependent, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
}

function linkTo(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (process.platform === "win32") symlinkSync(target, path, "junction");
  else symlinkSync(relative(realpathSync(dirname(path)), target), path, "dir");
}
