import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { contentHash } from "./content-hash.ts";

/** A file's text, without a byte order mark, and the hash of its content. */
export interface Source {
  readonly text: string;
  readonly hash: string;
}

/**
 * Reads a source file once. Throws `PLUGO_SYNTAX` for what is not UTF-8 text, and the file system's own error when
 * the file cannot be read.
 */
export function readSource(path: string, plugin: string): Source {
  const text = readFileSync(path, "utf8");
  const hash = contentHash(text);
  // U+FFFD is what undecodable bytes become, but it may also stand in a file.
  if (text.includes("\0") || (text.includes("\uFFFD") && !isUtf8(readFileSync(path)))) {
    throw plugoError("PLUGO_SYNTAX", { at: displayPath(path), detail: describeEncoding(path), frame: undefined }, { plugin });
  }
  return { text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, hash };
}

function describeEncoding(path: string): string {
  const [first, second] = readFileSync(path);
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;
  return utf16
    ? "the file is UTF-16 or binary, not UTF-8 text; save it as UTF-8."
    : "the file is not valid UTF-8 text; save it as UTF-8.";
}
