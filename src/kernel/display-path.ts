import { isAbsolute, relative } from "node:path";

/** A path as people want to read it: relative to the working directory when it is inside, else as it is. */
export function displayPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === "" || fromHere.startsWith("..") || isAbsolute(fromHere) ? path : fromHere;
}
