// What files cost: one plugin of one to a thousand files, which its entry imports.
//
//   node bench/files.mjs [--rounds=5]
import { makePlugins } from "./harness/make-plugins.mjs";
import { runAlone } from "./harness/part.mjs";
import { identify, provide } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";
import { createContenders } from "./load.mjs";

export const part = {
  name: "files",
  title: "Files of a plugin",
  script: "bench/files.mjs",
  rounds: { full: 5, quick: 1 },
  packages: () => ["loaders/jiti", "loaders/tsx"].map(identify),
  comparisons: {
    time: {
      title: "Time to load one plugin, by the number of its files",
      unit: "ms",
      digits: 1,
      baseline: "import() of JavaScript",
      main: "plugo, warm cache",
      plot: { kind: "lines", x: "files" },
      about: `One plugin, whose entry imports all its other files. The cases are those of [loading](#loading-plugins).`,
      why: `With few files most of it is what any load of plugo costs: finding the plugin, its manifest, the plan, the cache, and
functions that V8 compiles for the first time. \`import()\` has that behind it when the process has started.`,
    },
  },
  async measure({ rounds, say }) {
    const sizes = [1, 10, 100, 1_000];
    const all = createContenders();
    const native = Object.keys(all).filter((name) => name.startsWith("import()"));
    const names = [...native, "plugo, cold cache", "plugo, warm cache", "jiti", "tsx"];
    const time = createRecord(sizes, names);
    for (const files of sizes) {
      say(`${files} files`);
      const plugins = makePlugins(1, { files, ways: ["esm", "typescript"], modules: provide("loaders") });
      for (const name of names) all[name](plugins);
      for (const _ of roundsWithin(rounds, 8)) {
        for (const name of names) {
          const { milliseconds, count } = all[name](plugins);
          if (count !== 1) throw new Error(`${name} ran ${count} plugins.`);
          time.add(files, name, milliseconds);
        }
      }
      plugins.remove();
    }
    return { time };
  },
};

await runAlone(import.meta.url, part);
