import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { contentHash } from "../kernel/content-hash.ts";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { readText } from "../manifest/read-text.ts";

/** A file's content. */
export class Source {
  /** What was read. */
  readonly content: string;
  #hash: string | undefined;

  constructor(content: string) {
    this.content = content;
  }

  /** The content without a byte order mark. */
  get text(): string {
    return this.content.charCodeAt(0) === 0xfeff ? this.content.slice(1) : this.content;
  }

  /** Made when it is asked for: a warm start asks for none. */
  get hash(): string {
    return (this.#hash ??= contentHash(this.content));
  }
}

/**
 * Reads a source file once, unless its text is at hand. Throws `PLUGO_SYNTAX` for what is not UTF-8 text, and the file system's own error when
 * the file cannot be read.
 */
export function readSource(path: string, plugin: string, text: string = readText(path)): Source {
  // U+FFFD is what undecodable bytes become, but it may also stand in a file.
  if (text.includes("\0") || (text.includes("\uFFFD") && !isUtf8(readFileSync(path)))) {
    const facts = { at: displayPath(path), detail: describeEncoding(text), frame: undefined };
    throw plugoError("PLUGO_SYNTAX", facts, { plugin });
  }
  return new Source(text);
}

function describeEncoding(text: string): string {
  // A byte order mark of UTF-16 is two bytes that UTF-8 does not have.
  return text.includes("\0") || text.startsWith("\uFFFD\uFFFD")
    ? "the file is UTF-16 or binary, not UTF-8 text; save it as UTF-8."
    : "the file is not valid UTF-8 text; save it as UTF-8.";
}
