// What dependencies between plugins cost: a chain, a star and a random graph beside independent plugins.
//
//   node bench/graphs.mjs [--rounds=5]
import { makePlugins } from "./harness/make-plugins.mjs";
import { runAlone } from "./harness/part.mjs";
import { identify, provide } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";
import { createContenders } from "./load.mjs";

const shapes = ["independent", "chain", "star", "random"];
const shapesText = `In a **chain** each plugin needs the one before it, in a **star** all need the first, in the **random** graph each
needs up to three that come before it.`;

export const part = {
  name: "graphs",
  title: "Dependencies between plugins",
  script: "bench/graphs.mjs",
  rounds: { full: 5, quick: 1 },
  packages: () => ["loaders/fastify", "loaders/@fastify/autoload", "loaders/cordis"].map(identify),
  comparisons: {
    growth: {
      title: "plugo: each graph to independent plugins",
      unit: "ms",
      baseline: "plugo, independent",
      main: "plugo, random",
      plot: { kind: "lines", x: "plugins" },
      about: `\`loadPlugins\` with a warm cache, on plugins that declare their dependencies in \`metadata.json\`. ${shapesText}`,
      why: `A plugin starts after those that it needs, and whatever ends with it has to be known.`,
    },
    others: {
      title: "1 000 plugins in each graph, beside others",
      unit: "ms",
      baseline: "import() of JavaScript",
      main: "plugo, warm cache",
      plot: undefined,
      about: `${shapesText} Each says it in its own way: **import()** with \`import\` statements from file to file; **plugo**, warm, in
\`metadata.json\`; **fastify** in the \`dependencies\` of \`fastify-plugin\`, which \`@fastify/autoload\` orders by; **cordis** by
\`inject\` and \`provide()\` of a service for each plugin. Each line is divided by \`import()\` of the same graph.`,
      why: `Where \`import()\` is first, it has loaded modules in order and no more: it knows no versions, and nothing can be taken
out again.`,
    },
  },
  async measure({ rounds, isQuick, say }) {
    const sizes = isQuick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000];
    const contenders = createContenders();
    const own = "plugo, warm cache";
    const compared = ["import() of JavaScript", own, "fastify with autoload", "cordis 3"];
    const growth = createRecord(
      sizes,
      shapes.map((shape) => `plugo, ${shape}`),
    );
    const others = createRecord(shapes, compared);
    for (const size of sizes) {
      say(`${size} plugins`);
      const ways = ["typescript", ...(size === 1_000 ? ["esm", "fastify", "cordis"] : [])];
      const sets = shapes.map((shape) => ({
        shape,
        set: makePlugins(size, { shape, ways, modules: provide("loaders") }),
      }));
      for (const { set } of sets) contenders[own](set);
      for (const _ of roundsWithin(rounds, 20)) {
        for (const { shape, set } of sets) {
          const run = (name) => {
            const { milliseconds, count } = contenders[name](set);
            if (count !== size) throw new Error(`${name} ran ${count} of ${size} plugins, ${shape}.`);
            return milliseconds;
          };
          const milliseconds = run(own);
          growth.add(size, `plugo, ${shape}`, milliseconds);
          if (size !== 1_000) continue;
          for (const name of compared) others.add(shape, name, name === own ? milliseconds : run(name));
        }
      }
      for (const { set } of sets) set.remove();
    }
    return { growth, others };
  },
};

await runAlone(import.meta.url, part);
