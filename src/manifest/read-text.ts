import { constants, readFileSync } from "node:fs";

/** Windows has neither flag, and no pipes in folders. */
const nonBlocking = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/** The text of a file. Throws the file system's error. Never waits: a pipe without a writer is empty. */
export function readText(path: string): string {
  return read(path, nonBlocking);
}

/** The same for a path that must not be a symbolic link: those throw `ELOOP`, where the system can tell. */
export function readTextOfFile(path: string): string {
  return read(path, nonBlocking | noFollow);
}

function read(path: string, flag: number): string {
  // Numbers are flags too, which the types do not say.
  return readFileSync(path, { encoding: "utf8", flag: flag as unknown as string });
}
