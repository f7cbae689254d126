import { isJsonObject } from "./json-object.ts";
import { readText } from "./read-text.ts";

/**
 * The JSON object in a file that is of use only when it is whole; `undefined` when there is none, or it cannot be read.
 *
 * @param read How the text is read, such as `readTextOfFile`.
 */
export function readJsonObject(
  file: string,
  read: (file: string) => string = readText,
): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(read(file));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
