import { parseArgs } from "node:util";
import { isMain } from "../../scripts/process.mjs";
import { linesOf } from "./tables.mjs";

/**
 * A part of the benchmarks: what is said of it, and how it is measured.
 *
 * @typedef {object} Part
 * @property {string} name what `--only` takes
 * @property {string} title
 * @property {string} script
 * @property {{ full: number, quick: number }} rounds
 * @property {() => readonly string[]} packages what took part beside plugo, with versions
 * @property {Record<string, Comparison>} comparisons
 * @property {(options: { rounds: number, isQuick: boolean, say: (text: string) => void }) =>
 *   Promise<Record<string, { points: readonly string[], cases: Record<string, readonly (readonly number[])[]> }>>} measure
 *   with a record for each comparison
 *
 * @typedef {object} Comparison
 * @property {string} title
 * @property {string} unit of the values
 * @property {number} [digits] of the values behind the point
 * @property {string} baseline the case that the others are divided by
 * @property {string} [main] the case that stands for plugo; without one, nothing is said of ranks
 * @property {"lower" | "higher"} [better] "lower" unless it is said
 * @property {{ kind: "lines", x: string } | { kind: "bars" }} [plot]
 * @property {string} about what was run, against what; Markdown
 * @property {string} why why plugo is not first, where it is not; Markdown
 */

/** Measures one part and prints it, when its file is what Node.js was started with. @param {string} url @param {Part} part */
export async function runAlone(url, part) {
  if (!isMain(url)) return;
  const { values } = parseArgs({ options: { rounds: { type: "string", default: `${part.rounds.full}` } } });
  const rounds = Number(values.rounds);
  console.log(
    `${part.title}, Node.js ${process.version}, ${rounds} rounds; median (spread) to the baseline, and the median`,
  );
  const records = await part.measure({ rounds, isQuick: false, say: (text) => console.error(`  ${text} …`) });
  for (const [id, record] of Object.entries(records)) console.log(linesOf(part.comparisons[id], record));
}
