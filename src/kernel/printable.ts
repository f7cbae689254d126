import { util } from "./lazy-require.ts";

/** Names and files hold what others wrote: none of it may steer the terminal. */
export function printable(message: string): string {
  return util()
    .stripVTControlCharacters(message)
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- all but tab and line feed, and what turns the direction of text
      /[\0-\x08\x0B-\x1F\x7F-\x9F\u2028-\u202E\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
