import { realpathSync } from "node:fs";
import type { Node } from "jsonc-parser";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import { jsoncParser } from "../manifest/explain-json.ts";
import { parseConfig, readConfigText } from "./read-config.ts";
import { replaceFile } from "./replace-file.ts";

/**
 * Enables or disables a plugin in a config file. Its formatting stays: only the value is replaced, in every entry of
 * that name; a name that has no entry gets one at the end, in the style of the last. The file is replaced in one step
 * and keeps its permissions; a symbolic link to it stays one.
 *
 * @throws PLUGO_CONFIG_UNREADABLE, PLUGO_CONFIG_INVALID, or PLUGO_CONFIG_UNWRITABLE; the file is then as it was.
 */
export function setEnabled(file: string, name: string, enabled: boolean): void {
  const text = readConfigText(file);
  parseConfig(text, file);
  const edited = withEnabled(text, name, enabled);
  if (edited === text) return;
  try {
    replaceFile(realpathSync(file), edited);
  } catch (error) {
    const facts = { file: displayPath(file), reason: describeThrown(error) };
    throw plugoError("PLUGO_CONFIG_UNWRITABLE", facts, { cause: error });
  }
}

function withEnabled(text: string, name: string, enabled: boolean): string {
  const { applyEdits, parseTree } = jsoncParser();
  const entries = propertyOf(parseTree(text), "plugins")?.children ?? [];
  const named = entries.filter((entry) => propertyOf(entry, "name")?.value === name);
  if (named.length === 0) return withEntry(text, entries.at(-1), name, enabled);
  const values = named.flatMap((entry) => propertyOf(entry, "enabled") ?? []);
  return applyEdits(
    text,
    values.map(({ offset, length }) => ({ offset, length, content: String(enabled) })),
  );
}

/** The value of a property; the last one, which is the one that counts, when there are several. */
function propertyOf(node: Node | undefined, name: string): Node | undefined {
  return node?.children?.findLast((property) => property.children?.[0]?.value === name)?.children?.[1];
}

function withEntry(text: string, last: Node | undefined, name: string, enabled: boolean): string {
  if (last === undefined) return withFirstEntry(text, name, enabled);
  const end = last.offset + last.length;
  const written = text.slice(last.offset, end);
  const lineBreak = endOfLine(text);
  const indent = indentAt(text, last.offset);
  const separator = indent === undefined ? ", " : `,${lineBreak}${indent}`;
  const property = last.children?.[0];
  const inner = property === undefined ? undefined : indentAt(text, property.offset);
  const fields = [`"name": ${JSON.stringify(name)}`, `"enabled": ${enabled}`];
  let entry = `{ ${fields.join(", ")} }`;
  if (inner !== undefined) {
    entry = `{${lineBreak}${inner}${fields.join(`,${lineBreak}${inner}`)}${lineBreak}${indent ?? ""}}`;
  } else if (!/^\{\s/.test(written)) {
    entry = JSON.stringify({ name, enabled });
  }
  return text.slice(0, end) + separator + entry + text.slice(end);
}

function withFirstEntry(text: string, name: string, enabled: boolean): string {
  const { applyEdits, modify } = jsoncParser();
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  const edits = modify(
    text,
    ["plugins", 0],
    { name, enabled },
    {
      isArrayInsertion: true,
      formattingOptions: { insertSpaces: !indent.startsWith("\t"), tabSize: indent.length, eol: endOfLine(text) },
    },
  );
  return applyEdits(text, edits);
}

function endOfLine(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** The white space before an offset when nothing else is on its line. */
function indentAt(text: string, offset: number): string | undefined {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return offset > before.length && /^[ \t]*$/.test(before) ? before : undefined;
}
