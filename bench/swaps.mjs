// Requests that are lost while a plugin is changed 200 times under load: plugo's adapters beside unloading first. It uses
// the harness of the tests, whose deliberate faults show that it counts.
//
//   node bench/swaps.mjs [--rounds=3]      after: npm test -- adapters/swap-under-load
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { runAlone } from "./harness/part.mjs";
import { identify } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";

const harness = join(import.meta.dirname, "..", "build", "test", "adapters", "swap-under-load.js");
const ways = {
  "unload, then import()": ["express", "import-again"],
  "plugo, disable() and enable()": ["express", "unload-then-load"],
  "plugo, node:http": ["http", "none"],
  "plugo, Express": ["express", "none"],
  "plugo, Fastify": ["fastify", "none"],
  "plugo, Hono": ["hono", "none"],
  "plugo, Koa": ["koa", "none"],
};
const about = `32 clients ask a route of a plugin, which answers after a few milliseconds; meanwhile the plugin is changed 200 times,
each time after 40 more answers. The harness is
[test/adapters/swap-under-load.ts](../test/adapters/swap-under-load.ts); its tests show that it sees deliberate faults.

- **unload, then import()**: an Express application takes the old router out of its stack, reads the extension's
  \`package.json\`, imports the new file with another query, and adds its router: the order in which Directus reloads an
  extension. Directus itself was not run; it does that for all extensions at once, which takes longer than one small file.
- **plugo, disable() and enable()**: what the same order costs with plugo, when 33 requests are answered in between: a control.
- **plugo** with each adapter: the plugin's file is saved and \`host.reload()\` called.`;

export const part = {
  name: "swaps",
  title: "Requests lost while a plugin changes",
  script: "bench/swaps.mjs",
  rounds: { full: 3, quick: 1 },
  packages: () => ["express", "fastify", "hono", "@hono/node-server", "koa", "@koa/router"].map(identify),
  comparisons: {
    lost: {
      title: "Requests lost during 200 changes, of 1 000",
      unit: "",
      digits: 1,
      baseline: "unload, then import()",
      main: "plugo, Express",
      plot: undefined,
      about: `${about}

Lost is every answer that is not 200, and every request without an answer. A client asks again as soon as it is answered, so a
quick 404 counts more often than a slow answer.`,
      why: "",
    },
    faults: {
      title: "Other faults during 200 changes",
      unit: "",
      digits: 0,
      baseline: "unload, then import()",
      main: "plugo, Express",
      plot: undefined,
      about: `The same runs: old routes that still answer after a change, new ones that do not yet, answers by code that has been
disposed, by an older version than was in service when the request was sent, or by middleware of one version and a handler of
another.`,
      why: "",
    },
  },
  async measure({ rounds, isQuick, say }) {
    const names = Object.keys(ways);
    const records = { lost: createRecord(["of 1 000"], names), faults: createRecord(["in all"], names) };
    for (const round of roundsWithin(rounds, 45)) {
      for (const [name, [framework, control]] of Object.entries(ways)) {
        say(`${name}, round ${round + 1}`);
        const args = ["--expose-gc", harness, framework, control, isQuick ? "20" : "200"];
        const seen = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
        const { oldRouteAlive, newRouteMissing, afterDispose, stale, mixed } = seen;
        records.lost.add("of 1 000", name, (seen.failed / seen.answers) * 1_000);
        records.faults.add("in all", name, oldRouteAlive + newRouteMissing + afterDispose + stale + mixed);
      }
    }
    return records;
  },
};

await runAlone(import.meta.url, part);
