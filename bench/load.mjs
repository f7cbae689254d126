// What loading costs: plugo beside what else loads a folder of plugins, from ten to ten thousand of them. Each case in a
// fresh process, in turns; the memory is that of the same processes.
//
//   node bench/load.mjs [--rounds=5]
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makePlugins } from "./harness/make-plugins.mjs";
import { runAlone } from "./harness/part.mjs";
import { identify, provide } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";
import { runChild } from "./harness/run-child.mjs";

const knowsTypeScript = process.features.typescript !== undefined && process.features.typescript !== false;
/** Whoever takes longer for a tenth of the plugins is not asked for all of them. */
const patienceMs = 1_000;
/** For a process with 10 000 plugins. */
const timeoutMs = 10_000;

export const part = {
  name: "load",
  title: "Loading plugins",
  script: "bench/load.mjs",
  rounds: { full: 5, quick: 1 },
  packages: () =>
    ["avvio", "fastify", "@fastify/autoload", "cordis", "live-plugin-manager", "jiti", "tsx"]
      .map((name) => identify(`loaders/${name}`))
      .concat(identify("cordis-4/cordis")),
  comparisons: {
    time: {
      title: "Time to load, by the number of plugins",
      unit: "ms",
      baseline: "import() of JavaScript",
      main: "plugo, warm cache",
      plot: { kind: "lines", x: "plugins" },
      about: `A folder of independent plugins of one file, which count themselves. Each case loads it in a fresh process; importing
the library is not part of it, reading the folder is. Of 10 000 plugins there are three rounds, and – stands where a process
with them took, twice, more than ${timeoutMs / 1_000} s, or where a tenth of them took more than ${patienceMs / 1_000} s. The first begins
with an empty cache, so this says nothing about a later start of jiti or tsx.

- **floor**: a loop that reads and parses \`metadata.json\`, reads plain JavaScript, evaluates it by \`eval\` and calls it. It is
  no way to have plugins; nothing that reads these files can be faster.
- **import() of JavaScript**: a loop of \`import()\`, which reads no metadata. **import() of TypeScript**: the same by Node.js'
  own removal of types, where Node.js has it.
- **plugo**: \`loadPlugins\` on the plugins in TypeScript, with the transforms of an earlier start (warm) or none (cold).
- **avvio**: \`app.use()\` of each imported plugin, then \`ready()\`. **fastify**: \`@fastify/autoload\` on the folder, each wrapped
  by \`fastify-plugin\`. **cordis**: \`context.plugin()\` of each imported plugin. All three in JavaScript.
- **live-plugin-manager**: \`installFromPath()\`, which copies the first time and not in the rounds that count, and \`require()\`.
- **jiti**: \`jiti.import()\` of TypeScript, with its cache. **tsx**: \`import()\` of TypeScript under \`node --import tsx\`.`,
      why: `The floor has no names to check, no order, no problems to report, and nothing to undo later. With few plugins most of the
time is what any load of plugo takes ([one plugin of one file](#files-of-a-plugin)): V8 compiles the functions of the plan, the cache
and the scopes for the first time, while a loop has nothing to compile. A bare loop of
\`import()\` is slower than plugo because Node.js takes longer to load an ES module than plugo's engine takes for one from its cache.
A cold load has to remove the types first, once for each content of a file; that is what it costs on the first start and after
an update.`,
    },
    heap: {
      title: "Memory for each plugin",
      unit: "kB",
      digits: 1,
      baseline: "import() of JavaScript",
      main: "plugo, warm cache",
      plot: { kind: "bars" },
      about: `Heap and external memory after garbage collection, in the processes of the table above: the slope from 100 to 1 000
plugins.`,
      why: `Beside the module, which plugo keeps in little, each plugin has its manifest, its scope and its place in the plan.`,
    },
    resident: {
      title: "Resident memory for each plugin",
      unit: "kB",
      digits: 1,
      baseline: "import() of JavaScript",
      main: "plugo, warm cache",
      about: `The resident set of the same processes: the slope from 100 to 1 000 plugins. The system gives memory in pages and V8
asks for it in advance, so this varies more.`,
      why: `What was allocated while loading counts as well, and the floor allocates least.`,
    },
  },
  async measure({ rounds, isQuick, say }) {
    const sizes = isQuick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000];
    const contenders = createContenders();
    const names = Object.keys(contenders);
    const time = createRecord(sizes, names);
    const memory = { heap: createRecord(["each"], names), resident: createRecord(["each"], names) };
    const seen = {};
    for (const size of sizes) {
      say(`${size} plugins`);
      const plugins = makePlugins(size, { modules: provide("loaders") });
      const slow = new Set();
      for (const name of names) {
        const before = time.cases[name][sizes.indexOf(size) - 1];
        if (before?.length === 0 || before?.some((value) => value > patienceMs)) slow.add(name);
      }
      const asked = names.filter((name) => !slow.has(name));
      // One round for the caches; a second one, if filling them took too long.
      const able = asked.filter((name) => [1, 2].some(() => canLoad(() => contenders[name](plugins))));
      for (const _ of roundsWithin(rounds, size === 10_000 ? 0 : size / 12)) {
        for (const name of able) {
          const { milliseconds, count, heap, rss } = contenders[name](plugins);
          if (count !== size) throw new Error(`${name} ran ${count} of ${size} plugins.`);
          time.add(size, name, milliseconds);
          ((seen[name] ??= {})[size] ??= []).push({ heap, rss });
        }
      }
      plugins.remove();
    }
    // A busy machine gives fewer rounds to the larger set.
    const least = Math.min(...names.flatMap((name) => [100, 1_000].map((size) => seen[name][size].length)));
    for (const name of names) {
      for (let round = 0; round < least; round += 1) {
        const [small, large] = [100, 1_000].map((size) => seen[name][size][round]);
        memory.heap.add("each", name, (large.heap - small.heap) / 900 / 1_000);
        memory.resident.add("each", name, (large.rss - small.rss) / 900 / 1_000);
      }
    }
    return { time, ...memory };
  },
};

function canLoad(load) {
  try {
    load();
    return true;
  } catch (error) {
    if (error.code === "ETIMEDOUT") return false;
    throw error;
  }
}

/**
 * For each case what loads a set of plugins in a process of its own.
 *
 * @returns {Record<string, (plugins: ReturnType<typeof makePlugins>) => { milliseconds: number, count: number, heap: number, rss: number }>}
 */
export function createContenders() {
  const loaders = provide("loaders");
  const cordis4 = provide("cordis-4");
  const run = (way, format, { modules = loaders, flags = [] } = {}) => {
    return ({ root, at }) => {
      const temporary = join(root, "tmp");
      mkdirSync(temporary, { recursive: true });
      // tsx and jiti keep their caches there.
      const env = { TMPDIR: temporary };
      return runChild("load.mjs", [way, at(format), root, modules], {
        flags: ["--expose-gc", ...flags],
        env,
        timeoutMs,
      });
    };
  };
  const plugo = run("plugo", "typescript");
  return {
    floor: run("floor", "floor"),
    "import() of JavaScript": run("esm", "esm"),
    ...(knowsTypeScript && { "import() of TypeScript": run("typescript", "typescript") }),
    // Each cold run leaves the cache warm for the next one.
    "plugo, cold cache": (plugins) => {
      rmSync(join(plugins.root, ".plugo"), { recursive: true, force: true });
      return plugo(plugins);
    },
    "plugo, warm cache": plugo,
    avvio: run("avvio", "esm"),
    "fastify with autoload": run("fastify", "fastify"),
    "cordis 3": run("cordis3", "cordis"),
    "cordis 4 rc": run("cordis4", "cordis", { modules: cordis4 }),
    "live-plugin-manager": run("live-plugin-manager", "commonjs"),
    jiti: run("jiti", "typescript"),
    tsx: run("typescript", "typescript", { flags: ["--import", join(loaders, "tsx", "dist", "loader.mjs")] }),
  };
}

await runAlone(import.meta.url, part);
