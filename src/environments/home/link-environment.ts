import { appendFileSync, lstatSync, readlinkSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { markerFile } from "./environment-marker.ts";
import { linkFolder } from "./link-folder.ts";

/** What a plugin's `node_modules` is. */
export type PluginModules =
  | { readonly kind: "none" }
  /** A link that plugo made, to this environment, which may be gone. */
  | { readonly kind: "linked"; readonly environment: string }
  /** Someone else's: a folder, or a link to one. */
  | { readonly kind: "foreign" };

/** A list of the plugin folders that link to an environment, one relative path a line, kept in the environment. */
export const linkedFromFile = ".plugo-linked-from";

/** @param folder The plugin's folder, with symbolic links resolved. */
export function lookAtModules(folder: string, home: string): PluginModules {
  const path = join(folder, "node_modules");
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: "none" };
  if (!stats.isSymbolicLink()) return { kind: "foreign" };
  const environment = dirname(resolve(folder, readlinkSync(path)));
  // What is in another home has a marker; a link that leads nowhere is of use to nobody.
  const isOwn = dirname(environment) === home || exists(join(environment, markerFile)) || !leadsSomewhere(path);
  return isOwn ? { kind: "linked", environment } : { kind: "foreign" };
}

/**
 * Makes the plugin's `node_modules` lead to an environment's; with `null`, takes away the link that there was. It is
 * replaced in one step (but on Windows), and never when plugo did not make it. Throws the file system's error.
 *
 * @param platform Default: the one that this runs on.
 */
export function linkEnvironment(
  folder: string,
  environment: string | null,
  home: string,
  platform: NodeJS.Platform = process.platform,
): void {
  const found = lookAtModules(folder, home);
  const link = join(folder, "node_modules");
  if (found.kind === "foreign") return;
  if (environment === null) {
    if (found.kind === "linked") rmSync(link, { force: true });
    return;
  }
  if (found.kind === "linked" && found.environment === environment) return;
  noteLink(environment, folder);
  replaceLink(join(environment, "node_modules"), link, found, platform);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function leadsSomewhere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Where pruning looks whether the environment is still linked to. Relative, so that both can be moved together. */
function noteLink(environment: string, folder: string): void {
  try {
    appendFileSync(join(environment, linkedFromFile), `${relative(environment, folder)}\n`);
  } catch {
    // It is read-only, and so is not pruned.
  }
}

/** In one step; Windows renames no link onto another. */
function replaceLink(target: string, link: string, found: PluginModules, platform: NodeJS.Platform): void {
  if (platform === "win32") {
    if (found.kind === "linked") rmSync(link, { force: true });
    return linkFolder(target, link, platform);
  }
  const temporary = `${link}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  linkFolder(target, temporary, platform);
  try {
    renameSync(temporary, link);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
