/** A 1-based place in a text. Columns count UTF-16 units, as editors and stack traces do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const linesAround = 2;
const maxWidth = 120;

/** The 1-based line and column of an offset into `text`. */
export function positionAt(text: string, offset: number): Position {
  const end = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: end - lineStart + 1 };
}

/**
 * The lines around a place, numbered, with a caret under it:
 *
 * ```text
 *   1 | import { a } from "./b.ts";
 * > 2 | const x = ;
 *     |           ^
 * ```
 */
export function codeFrame(text: string, { line, column }: Position): string {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, line - linesAround);
  const last = Math.min(lines.length, line + linesAround);
  const gutter = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const content = (lines[number - 1] ?? "").replaceAll("\t", " ").slice(0, maxWidth);
    frame.push(`${number === line ? ">" : " "} ${String(number).padStart(gutter)} | ${content}`.trimEnd());
    if (number === line && column <= maxWidth) {
      frame.push(`  ${" ".repeat(gutter)} | ${" ".repeat(Math.max(0, column - 1))}^`);
    }
  }
  return frame.join("\n");
}
