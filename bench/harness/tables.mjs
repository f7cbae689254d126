import { median, medianInterval } from "./statistics.mjs";

/**
 * The ratio of each case to the baseline, round by round, at one point; `undefined` for what was not run.
 *
 * @param {{ baseline: string, digits?: number }} comparison
 * @param {{ points: readonly string[], cases: Record<string, readonly (readonly number[])[]> }} record
 */
export function ratiosAt({ baseline }, { cases }, point) {
  const base = cases[baseline][point];
  return Object.entries(cases).map(([name, lists]) => {
    const values = lists[point];
    if (values.length === 0) return { name, value: undefined, ratio: undefined, low: undefined, high: undefined };
    const ratios = values.map((value, round) => value / base[round]);
    const [low, high] = medianInterval(ratios);
    return { name, value: median(values), ratio: median(ratios), low, high };
  });
}

/** A ratio with three digits that say something. @param {number} ratio */
export function shownRatio(ratio) {
  if (!Number.isFinite(ratio)) return "∞";
  if (Math.abs(ratio) < 0.0005) return "0";
  const digits = Math.abs(ratio) < 0.1 ? 3 : Math.abs(ratio) < 10 ? 2 : Math.abs(ratio) < 100 ? 1 : 0;
  return ratio.toFixed(digits);
}

/** The rows of a comparison: a head, and one for each case. */
export function rowsOf(comparison, record) {
  const { unit, digits = unit === "ms" ? 0 : 2 } = comparison;
  const points = record.points.map((_, point) => ratiosAt(comparison, record, point));
  const cell = (seen) => {
    if (seen.ratio === undefined) return "–";
    const value = `${seen.value.toFixed(seen.value !== 0 && Math.abs(seen.value) < 10 ? Math.max(digits, 1) : digits)}${unit === "" ? "" : ` ${unit}`}`;
    if (seen.name === comparison.baseline) return `1, ${value}`;
    return `${shownRatio(seen.ratio)} (${shownRatio(seen.low)}–${shownRatio(seen.high)}), ${value}`;
  };
  const head = ["", ...record.points];
  return [head, ...points[0].map(({ name }, index) => [name, ...points.map((list) => cell(list[index]))])];
}

/** For a terminal. */
export function linesOf(comparison, record) {
  const rows = rowsOf(comparison, record);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join("   ")}`.trimEnd());
  return `\n${comparison.title}; to: ${comparison.baseline}\n${lines.join("\n")}`;
}
