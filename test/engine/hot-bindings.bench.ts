// How fast imported bindings are, next to the same modules through Node's own import(), for several generations:
//
//   node build/test/engine/hot-bindings.bench.js
import { pathToFileURL } from "node:url";
import type { LoadedModules } from "#src/engine/engine.js";
import { createBench, inPlugin } from "./engine-bench.ts";

const turns = Number(process.argv[2] ?? 10_000_000);
const main = (specifier: string, file: string): string =>
  `import { step, factor } from "${specifier}";
   export function run(turns) { let x = 0; for (let i = 0; i < turns; i++) x = step(x) + factor; return x; } // ${file}`;
const library = `export const factor = 2; export function step(x) { return (x + 1) | 0; }`;

using bench = createBench(inPlugin({ "plugin.mjs": main("./library.mjs", "plugin"), "library.mjs": library }));
const entry = bench.folder.at("plugins/p/plugin.mjs");
const native = fastest((await import(pathToFileURL(entry).href)) as { run: (turns: number) => number });

let previous: LoadedModules | undefined;
for (let generation = 1; generation <= 4; generation += 1) {
  previous = await bench.load({ entry, previous });
  const ms = fastest(previous.namespace as { run: (turns: number) => number });
  console.log(
    `generation ${generation}: ${ms.toFixed(1)} ms, ${(ms / native).toFixed(2)} times native (${native.toFixed(1)} ms)`,
  );
}

function fastest({ run }: { run: (turns: number) => number }): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 9; round += 1) {
    const start = performance.now();
    run(turns);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
