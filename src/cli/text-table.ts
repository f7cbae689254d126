import { wrapText } from "./wrap-text.ts";

/** A cell: what stands in it, and how that is shown (colours take no room). */
export interface Cell {
  readonly text: string;
  readonly shown?: string;
  readonly alignRight?: boolean;
}

/**
 * Rows as lines, each column as wide as its widest cell; the last one is not filled up.
 *
 * @param columns How many columns the terminal has, if there is one: the last cell goes on below itself.
 */
export function textTable(rows: readonly (readonly Cell[])[], columns?: number): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, { text }] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, text.length);
  }
  const indent = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const lines = rows.map((row) =>
    row
      .map(({ text, shown, alignRight = false }, index) => {
        const room = " ".repeat((widths[index] ?? 0) - text.length);
        if (alignRight) return room + (shown ?? text);
        return index === row.length - 1 ? (shown ?? wrapText(text, indent, columns)) : (shown ?? text) + room;
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}
