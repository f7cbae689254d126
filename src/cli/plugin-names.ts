import { isSkippedName } from "../sources/skipped-name.ts";

/** A name in every way in which it is written in a plugin's files. All but `title` are ASCII. */
export interface Names {
  /** `sample_plugin`: the folder, and the plugin's name. */
  readonly snake: string;
  /** `sample-plugin`: the npm package. */
  readonly kebab: string;
  /** `samplePlugin` */
  readonly camel: string;
  /** `SamplePlugin` */
  readonly pascal: string;
  /** `Sample Plugin`: for people; letters, digits and spaces. */
  readonly title: string;
}

/** The names that stand in templates. */
export const sampleNames: Names = {
  snake: "sample_plugin",
  kebab: "sample-plugin",
  camel: "samplePlugin",
  pascal: "SamplePlugin",
  title: "Sample Plugin",
};

/** Longer names make paths that some systems cannot hold. */
const maxNameLength = 100;

/** Why no names can be made of a text, as the end of a sentence; `undefined` when they can. */
export function whyNoName(text: string): string | undefined {
  if (text.trim() === "") return "it is empty";
  if (text.length > maxNameLength) return `it is ${text.length} characters long, more than ${maxNameLength}`;
  if (/[/\\]/.test(text)) return "it holds a slash, as a path does";
  if (/\p{Cc}/u.test(text)) return "it holds a control character";
  return wordsOf(text).length === 0
    ? "it has no letter or digit of those that folders and code can be named with"
    : undefined;
}

/**
 * Derives a plugin's names from what somebody has called it: `My Plugin!` becomes `my_plugin` and `MyPlugin`.
 *
 * @param text One for which {@link whyNoName} has no reason.
 * @param isTaken Whether names mean something else already, in the language or in the files that they come to stand in;
 * such a name gets `plugin` behind it.
 */
export function deriveNames(text: string, isTaken: (names: Names) => boolean = () => false): Names {
  const words = wordsOf(text);
  // No identifier starts with a digit.
  if (/^\d/.test(words[0] ?? "")) words.unshift("plugin");
  const title = titleOf(text);
  const names = inAllWays(words, title);
  return isReserved(names) || isTaken(names) ? inAllWays([...words, "plugin"], title) : names;
}

/** Letters that are not a plain letter with a mark. */
const letters: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/[\p{M}'’]/gu, "")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => letters[letter] ?? "");
  return plain.match(/[a-z0-9]+/g) ?? [];
}

function titleOf(text: string): string {
  const words =
    text
      .normalize("NFC")
      .replaceAll(/['’]/g, "")
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.map(capitalised).join(" ");
}

function inAllWays(words: readonly string[], title: string): Names {
  const pascal = words.map(capitalised).join("");
  return {
    snake: words.join("_"),
    kebab: words.join("-"),
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    title,
  };
}

function capitalised(word: string): string {
  const [first = ""] = word;
  return first.toUpperCase() + word.slice(first.length);
}

/** What is no folder on some system, no plugin, or a key that every object has. */
function isReserved({ snake, camel }: Names): boolean {
  const isDevice = /^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(snake);
  return isDevice || isSkippedName(snake) || snake in Object.prototype || camel in Object.prototype;
}
