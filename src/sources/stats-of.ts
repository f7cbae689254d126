import { lstatSync, statSync, type Stats } from "node:fs";

/** What the system says of a path itself; `undefined` when there is nothing, or it cannot be looked at. */
export function statsOf(path: string): Stats | undefined {
  return orNothing(() => lstatSync(path));
}

/** The same of what a path leads to, through symbolic links. */
export function targetStatsOf(path: string): Stats | undefined {
  return orNothing(() => statSync(path));
}

/** Whether a path leads to a file. */
export function isFile(path: string): boolean {
  return targetStatsOf(path)?.isFile() === true;
}

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  return targetStatsOf(path)?.isDirectory() === true;
}

function orNothing(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Clocks of file systems tick slower than the process's: a time is newer than a moment when it is after it less this. */
export const clockToleranceMs = 20;
