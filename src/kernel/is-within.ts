import { sep } from "node:path";

/** Whether a path is a folder's own, or that of something in it. Both are absolute and resolved. */
export function isWithin(path: string, folder: string): boolean {
  // The root ends with it.
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
