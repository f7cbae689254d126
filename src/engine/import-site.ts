import { readFileSync } from "node:fs";
import { codeFrame, positionAt } from "../kernel/code-frame.ts";
import { displayPath } from "../kernel/display-path.ts";

/** Where an import is written, for messages. */
export interface ImportSite {
  /** `file:line:column`, or the file alone when the place cannot be found. */
  readonly at: string;
  readonly frame: string | undefined;
}

/** Finds the place of a specifier, or of a name that is imported from it, in the file as it is on disk. */
export function findImportSite(file: string, specifier: string, name?: string): ImportSite {
  const shown = displayPath(file);
  let source: string;
  try {
    source = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch {
    return { at: shown, frame: undefined };
  }
  const statement = findStatement(source, specifier, name);
  if (statement === undefined) return { at: shown, frame: undefined };
  const position = positionAt(source, statement);
  return { at: `${shown}:${position.line}:${position.column}`, frame: codeFrame(source, position) };
}

/** The offset of the name in the clause of an import from `specifier`, else of the specifier itself. */
function findStatement(source: string, specifier: string, name: string | undefined): number | undefined {
  const quoted = `(["'\`])${escape(specifier)}\\1`;
  const pattern = new RegExp(
    `(?:\\bfrom\\s*|\\bimport\\s*(?:\\(\\s*)?|\\brequire(?:\\.resolve)?\\s*\\(\\s*)${quoted}`,
    "g",
  );
  let first: number | undefined;
  for (const { index, 0: text } of source.matchAll(pattern)) {
    if (isCommented(source, index)) continue;
    const specifierAt = index + text.length - specifier.length - 2;
    first ??= specifierAt;
    if (name === undefined) return specifierAt;
    const clauseAt = Math.max(source.lastIndexOf("import", index), source.lastIndexOf("export", index));
    if (clauseAt === -1) continue;
    const nameAt = new RegExp(`(?<![\\w$])${escape(name)}(?![\\w$])`).exec(source.slice(clauseAt + 6, index))?.index;
    if (nameAt !== undefined) return clauseAt + 6 + nameAt;
  }
  return first;
}

function isCommented(source: string, index: number): boolean {
  const line = source.slice(source.lastIndexOf("\n", index) + 1, index);
  if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) return true;
  return source.lastIndexOf("/*", index) > source.lastIndexOf("*/", index);
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
