import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { HostView } from "../host/disk-follower.ts";
import { linkedPlaces } from "../host/generation-files.ts";
import type { Generation } from "../host/generation.ts";
import { isWithin } from "../kernel/is-within.ts";
import type { DirectoryScan } from "../sources/source.ts";

/** Where plugins are on disk. */
export interface Places {
  /** The plugin directories, each as it is given and with its links resolved. */
  readonly directories: readonly string[];
  /** By real path, the names of the plugins whose folder, or something in it that they have watched, is a link to it. */
  readonly linked: ReadonlyMap<string, readonly string[]>;
}

/** Finds where the plugins of a host are on disk. The disk is asked when what the host has read or runs is new. */
export class FollowedPlaces {
  readonly #directories: readonly string[];
  readonly #links = new WeakMap<Generation, readonly string[]>();
  #scan: DirectoryScan | undefined;
  #generations: HostView["generations"] | undefined;
  #folders: Places = { directories: [], linked: new Map() };
  #watched: ReadonlyMap<string, readonly string[]> = new Map();
  #places: Places = this.#folders;

  constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /** The same object as before while nothing has changed. */
  of({ scan, generations }: HostView): Places {
    if (scan === this.#scan && generations === this.#generations) return this.#places;
    const watched = this.#findWatched(generations);
    this.#generations = generations;
    if (scan === this.#scan && isSame(watched, this.#watched)) return this.#places;
    if (scan !== this.#scan) this.#folders = findFolders(this.#directories, scan);
    this.#scan = scan;
    this.#watched = watched;
    const { directories, linked } = this.#folders;
    const all = new Map(linked);
    for (const [path, names] of watched) all.set(path, [...(all.get(path) ?? []), ...names]);
    return (this.#places = { directories, linked: all });
  }

  #findWatched(generations: HostView["generations"]): ReadonlyMap<string, readonly string[]> {
    const watched = new Map<string, string[]>();
    for (const generation of generations.values()) {
      if (generation.watched === undefined) continue;
      let links = this.#links.get(generation);
      if (links === undefined) this.#links.set(generation, (links = linkedPlaces(generation.entry)));
      for (const path of links) watched.set(path, [...(watched.get(path) ?? []), generation.name]);
    }
    return watched;
  }
}

/** The folders that have to be followed: none of them lies in another. */
export function outermost({ directories, linked }: Places): readonly string[] {
  const folders = [...directories];
  for (const path of linked.keys()) if (!folders.some((folder) => isWithin(path, folder))) folders.push(path);
  return folders;
}

function findFolders(directories: readonly string[], scan: DirectoryScan): Places {
  const withReal = [...new Set(directories.flatMap((directory) => [directory, realPathOf(directory)]))];
  const roots = new Set(withReal);
  const linked = new Map<string, string[]>();
  for (const { name, realPath } of scan.plugins.values()) {
    if (basename(realPath) === name && roots.has(dirname(realPath))) continue;
    linked.set(realPath, [...(linked.get(realPath) ?? []), name]);
  }
  return { directories: withReal, linked };
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isSame(left: ReadonlyMap<string, readonly string[]>, right: ReadonlyMap<string, readonly string[]>): boolean {
  if (left.size !== right.size) return false;
  for (const [path, names] of left) if (right.get(path)?.join("\0") !== names.join("\0")) return false;
  return true;
}
