// What a reload leaves behind: memory, and old generations that are never freed. Each way in a fresh process, in turns.
//
//   node bench/reloads.mjs [--rounds=3]
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runAlone } from "./harness/part.mjs";
import { identify, provide } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";
import { runChild } from "./harness/run-child.mjs";

const ways = {
  plugo: { way: "plugo", reloads: 1_000 },
  "import('?t=')": { way: "import-query", reloads: 1_000 },
  "delete require.cache[…]": { way: "require-delete", reloads: 1_000 },
  "jiti, moduleCache: false": { way: "jiti", reloads: 1_000, group: "loaders" },
  "live-plugin-manager": { way: "live-plugin-manager", reloads: 200, group: "loaders" },
  "cordis 3 with HMR": { way: "cordis", reloads: 100, group: "koishi" },
};
const waysText = `The one file of a plugin, whose module holds 100 kB, is changed and loaded anew 1 000 times, in one process.

- **plugo**: \`host.reload()\`.
- **import('?t=')**: \`import()\` with another query each time, as Directus does it and as many recipes say.
- **delete require.cache[…]**: the entry is deleted and the file is required again.
- **jiti**: \`jiti.import()\` with \`moduleCache: false\`, which its documentation has for "importing the same module multiple times".
- **live-plugin-manager**: \`installFromPath()\` with a new version, and \`require()\`; 200 times, because it takes longer.
- **cordis 3 with HMR**: Koishi 4's loader and its HMR plugin, whose watcher sees the save; 100 times, because the watcher tells
  of one change in 50 ms.`;

export const part = {
  name: "reloads",
  title: "What a reload leaves behind",
  script: "bench/reloads.mjs",
  rounds: { full: 3, quick: 1 },
  packages: () =>
    ["loaders/jiti", "loaders/live-plugin-manager", "koishi/koishi", "koishi/@koishijs/plugin-hmr"].map(identify),
  comparisons: {
    kilobytes: {
      title: "Memory that each reload of 100 kB leaves",
      unit: "kB",
      digits: 1,
      baseline: "import('?t=')",
      main: "plugo",
      plot: { kind: "bars" },
      about: `${waysText}

Heap and external memory after garbage collection: the slope from the first tenth of the reloads to the last. A value below 0
means that what the beginning had kept was freed later.`,
      why: `The difference is within what garbage collection leaves by chance: a kilobyte or two.`,
    },
    alive: {
      title: "Old generations that are still in memory, of 1 000",
      unit: "",
      digits: 0,
      baseline: "import('?t=')",
      main: "plugo",
      plot: { kind: "bars" },
      about: `The same runs: how many generations a \`WeakRef\` still reaches after the last reload and ten collections, besides the one
in service. Where there were fewer reloads, the count is scaled to 1 000.`,
      why: `V8 may keep the last of anything, so one or two of 1 000 are no leak.`,
    },
  },
  async measure({ rounds, isQuick, say }) {
    const names = Object.keys(ways);
    const records = { kilobytes: createRecord(["each reload"], names), alive: createRecord(["of 1 000"], names) };
    const build = join(import.meta.dirname, "..", "build");
    for (const { group } of Object.values(ways)) if (group !== undefined) provide(group);
    for (const round of roundsWithin(rounds, 60)) {
      for (const [name, { way, reloads, group }] of Object.entries(ways)) {
        say(`${name}, round ${round + 1}`);
        const modules = group === undefined ? "" : provide(group);
        // cordis finds its plugins, and its packages, from the folder that it runs in.
        const place = group === "koishi" ? join(modules, "..") : build;
        mkdirSync(place, { recursive: true });
        const folder = mkdtempSync(join(place, "reloads-"));
        const args = [way, folder, `${isQuick ? Math.min(reloads, 50) : reloads}`, modules];
        const seen = runChild("reload.mjs", args, { flags: ["--expose-gc"] });
        rmSync(folder, { recursive: true });
        for (const [id, record] of Object.entries(records)) record.add(record.points[0], name, seen[id]);
      }
    }
    return records;
  },
};

await runAlone(import.meta.url, part);
