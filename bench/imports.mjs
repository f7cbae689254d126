// What importing the package costs, beside a bare start of Node.js and the import of others.
//
//   node bench/imports.mjs [--rounds=21]
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runAlone } from "./harness/part.mjs";
import { identify, provide } from "./harness/provide.mjs";
import { createRecord } from "./harness/record.mjs";
import { roundsWithin } from "./harness/rounds-within.mjs";

const project = join(import.meta.dirname, "..");

export const part = {
  name: "imports",
  title: "Importing the package",
  script: "bench/imports.mjs",
  rounds: { full: 21, quick: 3 },
  packages: () => [
    identify("express"),
    ...["avvio", "fastify", "cordis", "live-plugin-manager", "jiti", "tsx"].map((name) => identify(`loaders/${name}`)),
    identify("cordis-4/cordis"),
  ],
  comparisons: {
    time: {
      title: "Start of a process with one import",
      unit: "ms",
      baseline: "nothing",
      main: "plugo",
      plot: { kind: "bars" },
      about: `\`node --input-type=module -e 'import "…"'\`, from the start of the process to its end; **tsx** is \`node --import tsx\`.`,
      why: `Nothing is the least one can import. avvio is the part of a framework that starts plugins, and cordis the part that connects them;
neither finds, orders by version, compiles or follows plugins on the disk. plugo is one file as well, and loads what most applications do without only when
it is needed; the rest is reading and compiling that file.`,
    },
  },
  async measure({ rounds }) {
    const loaders = provide("loaders");
    const from = (modules, name) =>
      `import ${JSON.stringify(pathToFileURL(createRequire(join(modules, "here.js")).resolve(name)).href)}`;
    const codes = {
      nothing: "",
      plugo: `import "@plugo/node"`,
      avvio: from(loaders, "avvio"),
      "cordis 3": from(loaders, "cordis"),
      "cordis 4 rc": from(provide("cordis-4"), "cordis"),
      express: `import "express"`,
      fastify: from(loaders, "fastify"),
      jiti: from(loaders, "jiti"),
      "live-plugin-manager": from(loaders, "live-plugin-manager"),
      tsx: from(loaders, "tsx"),
    };
    const time = createRecord(["to start"], Object.keys(codes));
    for (const round of roundsWithin(rounds + 1, 25)) {
      for (const [name, code] of Object.entries(codes)) {
        const start = performance.now();
        execFileSync(process.execPath, ["--input-type=module", "-e", code], { cwd: project });
        if (round > 0) time.add("to start", name, performance.now() - start);
      }
    }
    return { time };
  },
};

await runAlone(import.meta.url, part);
