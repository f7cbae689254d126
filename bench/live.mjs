// How long after a save the new code serves: beside a bare fs.watch with eval, and with 1 000 plugins beside ten. Each
// case in a process of its own, interleaved.
//
//   node bench/live.mjs [--rounds=5] [--saves=40] [--node=/path/to/node]
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makePlugins } from "./make-plugins.mjs";
import { median, percentile } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    saves: { type: "string", default: "40" },
    node: { type: "string", default: process.execPath },
  },
});
const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
const sizes = [10, 1_000];
const seen = Object.fromEntries(sizes.map((size) => [size, []]));
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const size of sizes) {
    const plugins = makePlugins(size);
    const child = join(import.meta.dirname, "children", "follow.mjs");
    const args = [child, plugins.typescript, plugins.root, values.saves];
    seen[size].push(JSON.parse(execFileSync(values.node, args, { encoding: "utf8" })));
    plugins.remove();
  }
}

console.log(`\nNode.js ${version}, ${values.rounds} rounds of ${values.saves} saves, debounce 50 ms; ms: median, p99`);
const titles = {
  served: "from the write to the swap",
  beyondDebounce: "  of that, beyond the debounce",
  heard: "  of that, until the system tells of it",
  total: "from the write to the change report",
  engine: "  of that, the change itself (report.durationMs)",
  bare: "bare fs.watch and eval",
  reload: "host.reload() of a five-file plugin, one file new",
};
for (const [key, title] of Object.entries(titles)) {
  const shown = sizes.map((size) => {
    const all = seen[size].flatMap((results) => results[key]);
    return `${size}: ${median(all).toFixed(2)}, ${percentile(all, 0.99).toFixed(2)}`;
  });
  console.log(`  ${title.padEnd(52)} ${shown.join("   ")}`);
}
const ratios = (of) => seen[10].map((_, round) => of(round));
const beside = (key) =>
  median(ratios((round) => median(seen[1_000][round][key]) / median(seen[10][round][key]))).toFixed(2);
for (const size of sizes) {
  const times = seen[size].map(({ beyondDebounce, bare }) => median(beyondDebounce) / median(bare));
  console.log(`  beyond the debounce, to bare, ${size} plugins: ${median(times).toFixed(2)}`);
}
console.log(`  1 000 plugins to ten: ${beside("total")} in all, ${beside("engine")} for the change itself`);
