import { realpathSync } from "node:fs";
import { basename, join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { entryNames, resolveEntry } from "../engine/resolve-entry.ts";
import { isPlugoError } from "../kernel/plugo-error.ts";
import { packageFile } from "../manifest/read-package-manifest.ts";
import type { PlanEntry } from "../plan/plan.ts";
import {
  changedPaths,
  matcherOf,
  noteFolderContent,
  readFolderContent,
  type FolderContent,
} from "../sources/folder-content.ts";
import { walkFolder } from "../sources/walk-folder.ts";
import type { Generation } from "./generation.ts";
import { isProvisionCurrent } from "./provision-attempts.ts";

/**
 * What the files that a plugin's manifest has watched hold now; `undefined` when it has none watched.
 *
 * @param known What they held before.
 */
export function readWatched(
  { manifest, selected: { target } }: PlanEntry,
  known: FolderContent | undefined,
): FolderContent | undefined {
  if (manifest === undefined || manifest.watch.length === 0 || target?.kind !== "folder") return undefined;
  const look = { isWanted: matcherOf(manifest.watch), followsLinks: true };
  return readFolderContent([target.plugin.realPath], look, known);
}

/**
 * What is not on disk as a generation was made from it: files of its modules and files that are watched; and what would
 * take the place of one now. Empty when the generation is current.
 */
export function changedFiles(generation: Generation, engine: Engine): readonly string[] {
  const { modules, watched, entry } = generation;
  const changed = modules === undefined ? [] : [...engine.changedFiles(modules)];
  const otherEntry = changed.length === 0 ? findOtherEntry(generation) : undefined;
  if (otherEntry !== undefined) changed.push(otherEntry);
  if (watched !== undefined) changed.push(...changedPaths(watched, readWatched(entry, watched)));
  if (entry.selected.target?.kind === "folder" && !isProvisionCurrent(generation)) {
    changed.push(join(entry.selected.target.plugin.realPath, packageFile));
  }
  return changed;
}

/** Where the links lead, in a plugin's folder, that lead to what its manifest may have watched: real paths. */
export function linkedPlaces({ manifest, selected: { target } }: PlanEntry): readonly string[] {
  if (manifest === undefined || manifest.watch.length === 0 || target?.kind !== "folder") return [];
  const places: string[] = [];
  for (const { path, isLink, stats } of walkFolder(target.plugin.realPath, true)) {
    if (isLink && stats?.isSymbolicLink() === false) places.push(realpathSync(path));
  }
  return places;
}

/** What the files that a generation was made from hold now. */
export function noteFiles({ modules, watched, entry }: Generation): FolderContent {
  const noted = noteFolderContent([...(modules?.files.keys() ?? [])]);
  return watched === undefined ? noted : new Map([...noted, ...(readWatched(entry, watched) ?? [])]);
}

/** The first of the usual names, and a name in the manifest, give way to no other file. */
function findOtherEntry({ entryFile, entry: { manifest, selected } }: Generation): string | undefined {
  if (selected.target?.kind !== "folder" || (manifest?.entry ?? null) !== null) return undefined;
  if (basename(entryFile) === entryNames[0]) return undefined;
  const { path, realPath } = selected.target.plugin;
  const found = resolveEntry(path, realPath, null);
  return isPlugoError(found) || found.path === entryFile ? undefined : found.path;
}
