import { sep } from "node:path";
import { pathToFileURL } from "node:url";

const plain = /^[\w./-]+$/;

/** The `file:` URL of an absolute path. */
export function fileUrl(path: string): string {
  // Most paths need nothing replaced, and a URL object is slow to make.
  return sep === "/" && plain.test(path) ? `file://${path}` : pathToFileURL(path).href;
}
