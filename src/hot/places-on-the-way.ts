import { readlinkSync, type Stats } from "node:fs";
import { parse, resolve, sep } from "node:path";
import { statsOf } from "../sources/stats-of.ts";

/** An entry of a folder that a path leads through. */
export interface Place {
  /** Without symbolic links. */
  readonly folder: string;
  readonly name: string;
  /** What is there now; `undefined` for nothing. */
  readonly stats: Stats | undefined;
}

/** As many links as systems follow. */
const maxLinks = 40;

/**
 * Everything that decides what an absolute path leads to, from the root on: each folder and link on the way, where the
 * links lead through, and what is there in the end. Ends with the first place where there is nothing.
 */
export function* placesOnTheWay(path: string): Generator<Place, void, undefined> {
  let { root: folder } = parse(path);
  const pending = namesOf(path);
  let links = 0;
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    const at = folder.endsWith(sep) ? folder + name : folder + sep + name;
    const stats = statsOf(at);
    yield { folder, name, stats };
    if (stats === undefined) return;
    if (!stats.isSymbolicLink()) {
      folder = at;
      continue;
    }
    const target = targetOf(at, folder);
    links += 1;
    if (target === undefined || links > maxLinks) return;
    folder = parse(target).root;
    pending.unshift(...namesOf(target));
  }
}

function namesOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((name) => name !== "");
}

function targetOf(link: string, folder: string): string | undefined {
  try {
    return resolve(folder, readlinkSync(link));
  } catch {
    return undefined;
  }
}
