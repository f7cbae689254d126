import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";

/** Windows has neither flag, and no pipes in folders. */
const nonBlocking = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0;
/** Most files fit: they cost no further look. */
const start = Buffer.allocUnsafeSlow(65_536);

/**
 * The text of a file. Throws the file system's error. Never waits or reads without end: a pipe without a writer is
 * empty, and of a device no more is read than its beginning.
 */
export function readText(path: string): string {
  return read(path, nonBlocking);
}

/** The same for a path that must not be a symbolic link: those throw `ELOOP`, where the system can tell. */
export function readTextOfFile(path: string): string {
  return read(path, nonBlocking | noFollow);
}

function read(path: string, flag: number): string {
  const file = openSync(path, flag);
  try {
    const length = readSync(file, start, 0, start.length, null);
    if (length < start.length) return start.toString("utf8", 0, length);
    if (!fstatSync(file).isFile()) throw new Error("it is a device, not a file");
    return Buffer.concat([start, readFileSync(file)]).toString("utf8");
  } finally {
    closeSync(file);
  }
}
