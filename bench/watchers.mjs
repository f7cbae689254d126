// chokidar beside plugo's own watcher, on 1 000 plugins of three folders and five files. Each in a process of its own,
// in turns. Linux: the system's watches are read from /proc.
//
//   node bench/watchers.mjs [--rounds=5] [--node=/path/to/node]
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median, spread } from "./statistics.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, node: { type: "string", default: process.execPath } },
});
const chokidar = provideChokidar("5.0.0");
const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
const seen = { "chokidar 5.0.0": [], EventWatcher: [] };
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [title, results] of Object.entries(seen)) {
    const folder = makeFolders(1_000);
    const child = join(import.meta.dirname, "children", "watcher.mjs");
    const args = ["--expose-gc", child, title === "EventWatcher" ? "own" : "chokidar", folder, chokidar];
    results.push(JSON.parse(execFileSync(values.node, args, { encoding: "utf8" })));
    rmSync(folder, { recursive: true });
  }
}

console.log(
  `\n1 000 plugins, 3 folders and 5 files each, Node.js ${version}, ${values.rounds} rounds: median (min–max)`,
);
for (const [title, results] of Object.entries(seen)) {
  const of = (key, divisor = 1) => spread(results.map((result) => result[key] / divisor));
  const missed = results.flatMap((result) => result.missed);
  console.log(`${title}
  ready after             ${of("readyMs")} ms
  watches of the system   ${of("watches")}
  heap and external       ${of("heap", 1e6)} MB
  RSS                     ${of("rss", 1e6)} MB
  missed of 20            ${spread(results.map((result) => result.missed.length))}${missed.length > 0 ? `: ${[...new Set(missed)].join(", ")}` : ""}
  p50 of the latency      ${spread(results.map((result) => median(result.latencies)))} ms`);
}

function makeFolders(count) {
  const root = mkdtempSync(join(tmpdir(), "plugo-bench-"));
  for (let number = 0; number < count; number += 1) {
    const folder = join(root, `plugin_${number}`);
    for (const file of ["metadata.json", "plugin.ts", "lib/a.ts", "lib/b.ts", "views/x.html"]) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), `${number}`);
    }
  }
  return root;
}

/** It is no dependency of the project: it is fetched for this comparison, into a folder that git ignores. */
function provideChokidar(wanted) {
  const home = join(import.meta.dirname, "..", "build", "chokidar");
  const folder = join(home, "node_modules", "chokidar");
  if (!existsSync(folder)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, dependencies: { chokidar: wanted } }));
    execFileSync("npm", ["install", "--prefix", home, "--no-package-lock", "--no-audit", "--no-fund"]);
  }
  return join(folder, "index.js");
}
