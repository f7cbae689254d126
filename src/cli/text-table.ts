/** A cell: what stands in it, and how that is shown (colours take no room). */
export interface Cell {
  readonly text: string;
  readonly shown?: string;
  readonly alignRight?: boolean;
}

/** Rows as lines, each column as wide as its widest cell; the last one is not filled up. */
export function textTable(rows: readonly (readonly Cell[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, { text }] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, text.length);
  }
  const lines = rows.map((row) =>
    row
      .map(({ text, shown = text, alignRight = false }, index) => {
        const room = " ".repeat((widths[index] ?? 0) - text.length);
        if (alignRight) return room + shown;
        return index === row.length - 1 ? shown : shown + room;
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}
