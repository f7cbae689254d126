import { lstatSync } from "node:fs";
import { displayPath } from "../kernel/display-path.ts";
import { explainSyntax } from "./explain-json.ts";
import { freezeJson, maxJsonDepth } from "./freeze-json.ts";
import { isJsonObject } from "./json-object.ts";
import { describeJson } from "./must-be.ts";

/** The JSON object that a file's text holds, frozen, and the text that places count from; or what is wrong with it. */
export type ParsedJson =
  | { readonly value: Readonly<Record<string, unknown>>; readonly json: string }
  | { readonly finding: string };

export function parseJsonObject(text: string, file: string): ParsedJson {
  if (text.length > maxLength) {
    return { finding: `${displayPath(file)} is ${text.length} characters long, more than ${maxLength}` };
  }
  const json = text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { finding: explainSyntax({ text: json, file: displayPath(file) }, error) };
  }
  if (!isJsonObject(value)) {
    return { finding: `${displayPath(file)}:1:1 must be a JSON object, but it is ${describeJson(value)}` };
  }
  if (freezeJson(value) > maxJsonDepth) {
    return { finding: `${displayPath(file)} is nested more than ${maxJsonDepth} levels deep` };
  }
  return { value, json };
}

const maxLength = 1_048_576;
const byteOrderMark = 0xfe_ff;

/** A link that leads nowhere is a file that cannot be read, not a missing one. */
export function isMissingFile(error: unknown): boolean {
  const { code, path } = error as NodeJS.ErrnoException;
  return code === "ENOENT" && path !== undefined && lstatSync(path, { throwIfNoEntry: false }) === undefined;
}

/** Why a file could not be read, to follow its path. */
export function describeUnreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOENT" || code === "ELOOP") return "is a link that leads nowhere";
  if (code === "EISDIR") return "is a folder, not a file";
  if (code === "EACCES" || code === "EPERM") return "cannot be read: permission denied";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
