// What loading costs: loadPlugins beside the floor and native import(), each in a fresh process, interleaved.
//
//   node bench/load.mjs [--rounds=7] [--node=/path/to/node]
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makePlugins } from "./make-plugins.mjs";
import { median, spread } from "./statistics.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, node: { type: "string", default: process.execPath } },
});
const rounds = Number(values.rounds);
const children = join(import.meta.dirname, "children");
const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
const major = Number(/\d+/.exec(version)?.[0]);

speed();
memory();
importCost();

function speed() {
  const count = 1_000;
  const plugins = makePlugins(count);
  const cache = join(plugins.root, ".plugo");
  const cases = {
    floor: () => run("floor.mjs", [plugins.floor]),
    "native import(), JavaScript": () => run("native-import.mjs", [plugins.esm, "plugin.mjs"]),
    ...(major >= 24 && {
      "native import(), TypeScript": () => run("native-import.mjs", [plugins.typescript, "plugin.ts"]),
    }),
    "plugo, warm cache": () => run("plugo.mjs", [plugins.typescript, plugins.root]),
    "plugo, cold cache": () => {
      rmSync(cache, { recursive: true, force: true });
      return run("plugo.mjs", [plugins.typescript, plugins.root]);
    },
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  const runningTimes = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  // The cold run comes last in each round and leaves the cache warm for the next one.
  cases["plugo, cold cache"]();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(cases)) {
      const { milliseconds, running, count: seen } = measure();
      if (seen !== count) throw new Error(`${name} ran ${seen} of ${count} plugins.`);
      times[name].push(milliseconds);
      if (running !== undefined) runningTimes[name].push(running);
    }
  }
  console.log(
    `\n${count} one-file plugins, Node.js ${version}, ${rounds} rounds: ms as median (min–max), ratio to the floor; the same of the time that the main thread was running`,
  );
  for (const [name, list] of Object.entries(times)) {
    const ratios = list.map((time, round) => time / times.floor[round]);
    const running = runningTimes[name];
    const runningRatios = running.map((time, round) => time / runningTimes.floor[round]);
    const thread = running.length < rounds ? "" : `   ${spread(running).padStart(20)}   ${spread(runningRatios, 2)}`;
    console.log(`  ${name.padEnd(30)} ${spread(list).padStart(24)}   ${spread(ratios, 2).padEnd(18)}${thread}`);
  }
  plugins.remove();
}

function memory() {
  const sizes = [1_000, 5_000];
  const slopes = { floor: [], plugo: [] };
  const residents = { floor: [], plugo: [] };
  const sets = sizes.map((size) => makePlugins(size));
  for (let round = 0; round < Math.min(rounds, 5); round += 1) {
    const measure = (name, set) => {
      const args = name === "floor" ? ["floor.mjs", [set.floor]] : ["plugo.mjs", [set.typescript, set.root]];
      if (name === "plugo" && round === 0) run(...args);
      return run(...args, ["--expose-gc"]);
    };
    for (const name of ["floor", "plugo"]) {
      const [small, large] = sets.map((set) => measure(name, set));
      const per = (key) => (large[key] - small[key]) / (sizes[1] - sizes[0]) / 1_000;
      slopes[name].push(per("heap"));
      residents[name].push(per("rss"));
    }
  }
  console.log(`\nkB per plugin, as the slope from ${sizes[0]} to ${sizes[1]} plugins, Node.js ${version}`);
  for (const name of ["floor", "plugo"]) {
    console.log(`  ${name.padEnd(8)} heapUsed + external ${spread(slopes[name])}, RSS ${spread(residents[name])}`);
  }
  console.log(`  beyond the floor: ${(median(slopes.plugo) - median(slopes.floor)).toFixed(1)} kB`);
  for (const set of sets) set.remove();
}

function importCost() {
  const time = (code) => {
    const start = performance.now();
    execFileSync(values.node, ["--input-type=module", "-e", code], { cwd: join(import.meta.dirname, "..") });
    return performance.now() - start;
  };
  const bare = [];
  const imported = [];
  for (let round = 0; round < rounds * 3; round += 1) {
    bare.push(time(""));
    imported.push(time(`import "@plugo/node"`));
  }
  const cost = median(imported) - median(bare);
  console.log(
    `\nimport "@plugo/node", Node.js ${version}: bare start ${spread(bare)} ms, with the import ${spread(imported)} ms`,
  );
  console.log(`  the import costs ${cost.toFixed(1)} ms, ${(cost / median(bare)).toFixed(2)} of a bare start`);
}

function run(child, args, flags = []) {
  const output = execFileSync(values.node, [...flags, join(children, child), ...args], { encoding: "utf8" });
  return JSON.parse(output.trim().split("\n").at(-1));
}
