import { constants, readFileSync } from "node:fs";

/** Windows has no such flag, and no pipes in folders. */
const flag = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** The text of a file. Throws the file system's error. Never waits: a pipe without a writer is empty. */
export function readText(path: string): string {
  return readFileSync(path, { encoding: "utf8", flag: flag as unknown as string });
}
