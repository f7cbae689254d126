import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A path as an absolute one: of a `file:` URL, or relative to the working directory. */
export function absolutePath(path: string | URL): string {
  return path instanceof URL ? fileURLToPath(path) : resolve(path);
}
