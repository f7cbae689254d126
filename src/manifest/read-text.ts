import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** Windows has neither flag, and no pipes in folders. */
const nonBlocking = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0;
// Numbers are flags too, which the types do not say. Node.js has a fast way for just these options.
const ownText = { encoding: "utf8", flag: (nonBlocking | noFollow) as unknown as string } as const;

/**
 * The text of a file. Throws the file system's error. Never waits or reads without end: a pipe without a writer is
 * empty, and a link that leads to a device is no file.
 */
export function readText(path: string): string {
  try {
    return readTextOfFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOOP") throw error;
    return readLinkedText(path);
  }
}

/** The same for a path that must not be a symbolic link: those throw `ELOOP`, where the system can tell. */
export function readTextOfFile(path: string): string {
  return readFileSync(path, ownText);
}

function readLinkedText(path: string): string {
  const file = openSync(path, nonBlocking);
  try {
    if (fstatSync(file).isCharacterDevice()) throw new Error("it is a device, not a file");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}
