// chokidar beside plugo's own watcher, on 1 000 plugins of three folders and five files. Each in a process of its own,
// in turns. Linux: the system's watches are read from /proc.
//
//   node bench/watchers.mjs [--rounds=3]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAlone } from "./harness/part.mjs";
import { identify, provide } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";
import { runChild } from "./harness/run-child.mjs";
import { median } from "./harness/statistics.mjs";

const measures = {
  "ready after, ms": ({ readyMs }) => readyMs,
  "watches of the system": ({ watches }) => watches,
  "heap and external, MB": ({ heap }) => heap / 1e6,
  "RSS, MB": ({ rss }) => rss / 1e6,
  "latency, ms": ({ latencies }) => median(latencies),
  "missed of 20 changes, and 1": ({ missed }) => missed.length + 1,
};

export const part = {
  name: "watchers",
  title: "Following files",
  script: "bench/watchers.mjs",
  rounds: { full: 3, quick: 1 },
  packages: () => [identify("chokidar/chokidar")],
  comparisons: {
    all: {
      title: "Watching 1 000 plugins of three folders and five files",
      unit: "",
      digits: 1,
      baseline: "chokidar",
      main: "plugo",
      plot: undefined,
      about: `**plugo** is its \`EventWatcher\`. Then twenty changes: in place, the second of two atomic saves, a new folder with its files
at once, an edit in a renamed folder. One is added to the missed ones, so that none to none is a ratio. chokidar reports kinds of
changes (added, changed, removed), which plugo does not need.`,
      why: `The latency is a tenth of a millisecond or two, and varies.`,
    },
  },
  async measure({ rounds, say }) {
    const chokidar = join(provide("chokidar"), "chokidar", "index.js");
    const all = createRecord(Object.keys(measures), ["chokidar", "plugo"]);
    for (const round of roundsWithin(rounds, 30)) {
      for (const name of ["chokidar", "plugo"]) {
        say(`${name}, round ${round + 1}`);
        const folder = makeFolders(1_000);
        const args = [name === "plugo" ? "own" : "chokidar", folder, chokidar];
        const seen = runChild("watcher.mjs", args, { flags: ["--expose-gc"] });
        rmSync(folder, { recursive: true });
        for (const [title, of] of Object.entries(measures)) all.add(title, name, of(seen));
      }
    }
    return { all };
  },
};

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

await runAlone(import.meta.url, part);
