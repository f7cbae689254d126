// How long after a save the new code serves: beside a bare fs.watch with eval, and with 1 000 plugins beside ten. Each
// case in a process of its own, in turns.
//
//   node bench/live.mjs [--rounds=4]
import { makePlugins } from "./harness/make-plugins.mjs";
import { runAlone } from "./harness/part.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";
import { runChild } from "./harness/run-child.mjs";
import { median } from "./harness/statistics.mjs";

const sizes = [10, 1_000];
const bare = "bare fs.watch and eval";
const titles = {
  bare,
  served: "plugo, from the write to the swap",
  beyondDebounce: "plugo, of that, beyond the debounce",
  engine: "plugo, the change itself",
  reload: "plugo, host.reload()",
};

export const part = {
  name: "live",
  title: "A save among many plugins",
  script: "bench/live.mjs",
  rounds: { full: 4, quick: 1 },
  packages: () => [],
  comparisons: {
    time: {
      title: "From the write to the new code, by the number of plugins",
      unit: "ms",
      digits: 1,
      baseline: bare,
      main: "plugo, from the write to the swap",
      plot: undefined,
      about: `One of so many loaded one-file plugins is saved again and again, 30 times in each round; a value is the median of its round.
**${bare}** is the least that anything can do: a watch on one folder, whose file is read and evaluated by \`eval\`.
plugo waits 50 ms for further changes (the debounce), which is a setting; **beyond the debounce** leaves that out. **The change
itself** is \`report.durationMs\`. **host.reload()** reloads a plugin of five files, of which one is new, without a watcher.`,
      why: `The wait is there so that a save of several files is one change. Beyond it, plugo compares contents, starts the new code beside the
old one and swaps them, while the bare case overwrites a variable; \`host.reload()\` reads all plugin directories anew, so it takes
longer with more of them.`,
    },
  },
  async measure({ rounds, isQuick, say }) {
    const time = createRecord(
      sizes.map((size) => `${size} plugins`),
      Object.values(titles),
    );
    for (const round of roundsWithin(rounds, 30)) {
      for (const size of sizes) {
        say(`${size} plugins, round ${round + 1}`);
        const plugins = makePlugins(size, { ways: ["typescript"] });
        const seen = runChild("follow.mjs", [plugins.at("typescript"), plugins.root, isQuick ? "6" : "30"]);
        for (const [key, title] of Object.entries(titles)) time.add(`${size} plugins`, title, median(seen[key]));
        plugins.remove();
      }
    }
    return { time };
  },
};

await runAlone(import.meta.url, part);
