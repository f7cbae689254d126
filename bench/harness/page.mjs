import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barPlot, linePlot } from "./svg-plot.mjs";
import { ratiosAt, rowsOf, shownRatio } from "./tables.mjs";

/** @param {string} folder of the page */
export function readResults(folder) {
  const file = join(folder, "benchmarks", "results.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** Replaces what is known of one part. @param {string} folder @param {string} name @param {object} result */
export function writeResults(folder, name, result) {
  const all = { ...readResults(folder), [name]: result };
  writeFileSync(join(folder, "benchmarks", "results.json"), `${formatJson(all)}\n`);
}

/**
 * Writes `benchmarks.md` and `benchmarks/*.svg` from results, and removes plots that it does not name.
 *
 * @param {string} folder
 * @param {readonly import("./part.mjs").Part[]} parts
 * @param {ReturnType<typeof readResults>} results
 */
export function writePage(folder, parts, results) {
  const { page, plots } = renderPage(parts, results);
  for (const file of readdirSync(join(folder, "benchmarks"))) {
    if (file.endsWith(".svg") && !(file in plots)) rmSync(join(folder, "benchmarks", file));
  }
  for (const [file, text] of Object.entries(plots)) writeFileSync(join(folder, "benchmarks", file), text);
  writeFileSync(join(folder, "benchmarks.md"), page);
}

/**
 * The page and its plots, from nothing but its arguments. Parts without results are left out.
 *
 * @param {readonly import("./part.mjs").Part[]} parts
 * @param {ReturnType<typeof readResults>} results
 * @returns {{ page: string, plots: Record<string, string> }} the plots by their file names
 */
export function renderPage(parts, results) {
  const plots = {};
  const measured = parts.filter(({ name }) => name in results);
  const comparisons = measured.flatMap((part) =>
    Object.entries(part.comparisons)
      .filter(([id]) => id in results[part.name].records)
      .map(([id, comparison]) => ({ part, id, comparison, record: results[part.name].records[id] })),
  );
  const sections = measured.map((part) => {
    const { date, node, machine, packages, records } = results[part.name];
    const own = comparisons.filter((one) => one.part === part);
    const tables = own.map(({ id, comparison, record }) => {
      const file = `${part.name}-${id}.svg`;
      const plot = plotOf(comparison, record);
      if (plot !== undefined) plots[file] = plot;
      const picture = plot === undefined ? "" : `![${comparison.title}](benchmarks/${file})\n\n`;
      return `### ${comparison.title}\n\n${comparison.about}\n\n${picture}${tableOf(comparison, record)}\n\n${verdictOf(comparison, record)}\n`;
    });
    const others = packages.length === 0 ? "" : `; ${packages.join(", ")}`;
    const said = `\`node ${part.script}\` ([source](../${part.script})), ${date}, Node.js ${node.slice(1)}, ${machine}, ${roundsOf(records)} rounds${others}.`;
    return `## ${part.title}\n\n${said}\n\n${tables.join("\n")}`;
  });
  const seconds = measured.reduce((sum, { name }) => sum + results[name].seconds, 0);
  const took = `Measuring what this page shows took ${(seconds / 60).toFixed(1)} minutes.`;
  return {
    page: `${introduction}${took}\n\n${summaryOf(comparisons)}\n\n${notFirst(comparisons)}\n${sections.join("\n")}`,
    plots,
  };
}

const introduction = `# Benchmarks

<!-- Written by bench/harness/page.mjs from benchmarks/results.json. Change the scripts in bench/, not this page. -->

\`npm run bench\` measures all of this, and writes this page, its plots and
[results.json](benchmarks/results.json) with every single value; \`npm run bench -- --only=load,routes\` does it for some parts. [How the scripts
work](../bench/README.md).

Every figure is a ratio to something else in the same run: the cases take turns, most in fresh processes, and a ratio is that of two values of one round. A cell reads **ratio (spread), value**: the median ratio, the interval that
holds that median with a certainty of 95 % (with fewer than nine rounds: the least and the greatest ratio), and the median of the values themselves. The values say
little about another machine. Packages that are compared are pinned, and used as their own documentation says; what was run is said above each table.
`;

/** How many rounds there were, of all that was run. */
function roundsOf(records) {
  const lengths = Object.values(records)
    .flatMap(({ cases }) => Object.values(cases).flat())
    .map(({ length }) => length)
    .filter((length) => length > 0);
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return least === most ? `${most}` : `${least} to ${most}`;
}

/** A line for each comparison: what plugo is beside the baseline at each point, and which rank that is. */
function summaryOf(comparisons) {
  const rows = comparisons
    .filter(({ comparison }) => comparison.main !== undefined)
    .map(({ part, comparison, record }) => {
      const places = standings(comparison, record);
      const each = (text) =>
        places.map((place) => (places.length === 1 ? text(place) : `${place.point}: ${text(place)}`)).join("<br>");
      const ratio = ({ own }) => `${shownRatio(own.ratio)} (${shownRatio(own.low)}–${shownRatio(own.high)})`;
      const rank = ({ better, count }) => (count === 1 ? "–" : `${better.length + 1} of ${count}`);
      const link = `[${comparison.title}](#${anchorOf(comparison.title)})`;
      return `| ${link} | ${comparison.main} | ${comparison.baseline} | ${each(ratio)} | ${each(rank)} | \`${part.script}\` |`;
    });
  return `## In short

Less is better, except for answers per second. A rank is that of the medians, among plugo and what is not plugo; where
spreads overlap, it may be chance.

| What | plugo | To | Ratio (spread) | Rank | Script |
|---|---|---|---|---|---|
${rows.join("\n")}`;
}

function notFirst(comparisons) {
  const lines = comparisons.flatMap(({ comparison, record }) => {
    const behind = standings(comparison, record).filter(({ better }) => better.length > 0);
    if (behind.length === 0) return [];
    const places = behind.map(({ point, better }) => {
      const names = better.map(({ name, ratio }) => `${name} (${shownRatio(ratio)})`).join(", ");
      return record.points.length === 1 ? names : `at ${point}, ${names}`;
    });
    return `- **[${comparison.title}](#${anchorOf(comparison.title)})**. Better: ${places.join("; ")}. ${comparison.why.replaceAll("\n", " ")}`;
  });
  return `## Where plugo is not first\n\n${lines.length === 0 ? "Nowhere in these results." : lines.join("\n")}\n`;
}

function verdictOf(comparison, record) {
  const places = standings(comparison, record).filter(({ count }) => count > 1);
  if (places.length === 0) return comparison.why.replaceAll("\n", " ");
  const ranks = places.map(({ point, better, count }) => {
    return `${better.length + 1} of ${count}${places.length === 1 ? "" : ` at ${point}`}`;
  });
  const isFirst = places.every(({ better }) => better.length === 0);
  return `Rank of ${comparison.main}: ${ranks.join(", ")}.${isFirst ? "" : ` ${comparison.why.replaceAll("\n", " ")}`}`;
}

/** At each point where it was run, the case that stands for plugo, and what is better and not plugo. */
function standings(comparison, record) {
  if (comparison.main === undefined) return [];
  const sign = comparison.better === "higher" ? -1 : 1;
  return record.points.flatMap((point, index) => {
    const seen = ratiosAt(comparison, record, index).filter(({ ratio }) => ratio !== undefined);
    const own = seen.find(({ name }) => name === comparison.main);
    if (own === undefined) return [];
    const others = seen.filter(({ name }) => !name.startsWith("plugo"));
    const better = others
      .filter(({ ratio }) => sign * ratio < sign * own.ratio)
      .toSorted((a, b) => sign * (a.ratio - b.ratio));
    return [{ point, own, better, count: others.length + 1 }];
  });
}

function tableOf(comparison, record) {
  const [head, ...rows] = rowsOf(comparison, record);
  const shown = rows.map(([name, ...cells]) => [name.startsWith("plugo") ? `**${name}**` : name, ...cells]);
  const lines = [head, head.map(() => "---"), ...shown].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

function plotOf(comparison, record) {
  const { title, unit, baseline, plot } = comparison;
  if (plot === undefined) return undefined;
  if (plot.kind === "bars") {
    const bars = ratiosAt(comparison, record, 0).filter(({ ratio }) => ratio !== undefined);
    return barPlot({ title, baseline, bars });
  }
  const points = record.points.map(Number);
  const series = Object.keys(record.cases).map((name) => ({
    name,
    values: points.map((_, point) => ratiosAt(comparison, record, point).find((seen) => seen.name === name)?.value),
  }));
  return linePlot({ title, unit, x: plot.x, points, series });
}

function anchorOf(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");
}

/** One line for the values of a case, so that a change of results can be read. */
function formatJson(value) {
  return JSON.stringify(value, undefined, 2).replaceAll(
    /\[\n\s+(-?[\d.][^\]]*?)\n\s+\]/g,
    (_, inner) => `[${inner.replaceAll(/\s*\n\s*/g, " ")}]`,
  );
}
