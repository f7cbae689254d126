import { lstatSync } from "node:fs";
import { displayPath } from "../kernel/display-path.ts";
import { describeUnreadable, parseJsonObject, type ParsedJson } from "./json-file.ts";
import { readText } from "./read-text.ts";

/** What is wrong with a file, in a line that names it. */
export interface FileFault {
  readonly finding: string;
  readonly cause?: unknown;
}

/** That there is no such file. */
export interface MissingFile {
  readonly isMissing: true;
}

/** The object in a `package.json`, and its text. */
export type PackageFile = Exclude<ParsedJson, { readonly finding: string }> & { readonly text: string };

/** Reads a `package.json` whose content counts. Never throws, and never waits. */
export function readPackageFile(file: string): PackageFile | FileFault | MissingFile {
  const read = readPackageText(file);
  if (!("text" in read)) return read;
  const parsed = parseJsonObject(read.text, file);
  return "finding" in parsed ? parsed : { ...parsed, text: read.text };
}

/** The same without looking at what the text says. A folder without the file costs a single look. */
export function readPackageText(file: string): { readonly text: string } | FileFault | MissingFile {
  try {
    // Most plugins have none, and an error costs more than this look does.
    const stats = lstatSync(file, lookOnly);
    if (stats === undefined) return missing;
    if (stats.isFile() || stats.isSymbolicLink()) return { text: readText(file) };
    const found = stats.isDirectory() ? "a folder" : "a pipe, a socket or a device";
    return { finding: `${displayPath(file)} is ${found}, not a file` };
  } catch (error) {
    return { finding: `${displayPath(file)} ${describeUnreadable(error)}`, cause: error };
  }
}

const lookOnly = { throwIfNoEntry: false } as const;
const missing: MissingFile = Object.freeze({ isMissing: true });
