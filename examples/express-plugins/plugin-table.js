/**
 * What runs, from where and why, and how long each part took, as an aligned table.
 *
 * @param {import("@plugo/node").HostSnapshot} snapshot
 */
export function pluginTable({ plugins }) {
  const header = ["plugin", "version", "phase", "source", "load ms", "init ms", "why"];
  const rows = plugins.map(({ name, version, phase, source, reason, timings, generation }) => {
    const times = [timings.loadMs, timings.activateMs].map((ms) => (generation === 0 ? "-" : ms.toFixed(1)));
    return [name, version, phase, source, ...times, reason];
  });
  return alignColumns([header, ...rows]);
}

/** @param {string[][]} rows The first one is the header; columns of milliseconds are set flush right. */
function alignColumns(rows) {
  const [header] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (/** @type {string} */ cell, /** @type {number} */ column) =>
    header[column].endsWith(" ms") ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
  return rows.map((row) => row.map(align).join("  ").trimEnd()).join("\n");
}
