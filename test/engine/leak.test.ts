import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { createFolder } from "../support/plugin-folder.ts";

const reloads = 200;

describe("createRunnerEngine", () => {
  test(`frees every old generation: ${reloads} reloads of five files with a cycle that hold 1 MB`, () => {
    using folder = createFolder({
      "p/plugin.ts": `import { a } from "./a.ts"; import { sep } from "node:path"; import own from "./c.cjs"; import { dep } from "dep";
        export const state = { a, sep, own, dep, big: new Array(131072).fill(Math.random()) };
        export const late = async () => (await import("./late.ts")).late;
        setTimeout;`,
      "p/a.ts": `import { b } from "./b.ts"; export const a = () => b(); export class Kept {}`,
      "p/b.ts": `import { a } from "./a.ts"; export const b = () => a; export const version = 0;`,
      "p/c.cjs": `exports.inner = require("./d.json");`,
      "p/d.json": { x: 1 },
      "p/late.ts": `import { a } from "./a.ts"; export const late = a;`,
      "p/node_modules/dep/package.json": { name: "dep", type: "module", main: "i.js" },
      "p/node_modules/dep/i.js": "export const dep = {};",
    });
    const script = `
      import { writeFileSync } from "node:fs";
      import { createRunnerEngine } from ${JSON.stringify(import.meta.resolve("#src/engine/runner-engine.js"))};
      const folder = ${JSON.stringify(folder.at("p"))};
      const engine = createRunnerEngine({ cacheFolder: ${JSON.stringify(folder.at("cache"))}, logger: console });
      const timers = () => ({ setTimeout, setInterval, setImmediate });
      const alive = [];
      let previous;
      async function load(index, restore = false) {
        if (!restore) writeFileSync(folder + "/b.ts", 'import { a } from "./a.ts"; export const b = () => a; export const version = ' + index + ";");
        engine.refresh();
        const modules = await engine.load({
          plugin: "p", generation: index, folder, environment: null, entry: folder + "/plugin.ts",
          owners: { ownerOf: () => ({ kind: "plugin", name: "p" }) },
          dependency: () => undefined, declares: () => false, timers, previous, restore,
        });
        await modules.namespace.late();
        engine.changedFiles(modules);
        engine.flush();
        alive.push(new WeakRef(modules.namespace.state));
        previous = modules;
        if (index % 20 === 1) {
          // What fails must not stay either.
          writeFileSync(folder + "/b.ts", "export const b = 1; throw new Error('no " + index + "');");
          await Promise.resolve().then(() => engine.load({
            plugin: "p", generation: index, folder, environment: null, entry: folder + "/plugin.ts",
            owners: { ownerOf: () => ({ kind: "plugin", name: "p" }) },
            dependency: () => undefined, declares: () => false, timers, previous, restore: false,
          })).catch(() => {});
        }
      }
      async function settle() {
        for (let round = 0; round < 4; round += 1) { await new Promise(setImmediate); gc(); }
      }
      for (let index = 0; index < 50; index += 1) await load(index);
      await settle();
      const before = process.memoryUsage().heapUsed;
      for (let index = 50; index < ${50 + reloads}; index += 1) await load(index, index % 10 === 0);
      await settle();
      const slope = (process.memoryUsage().heapUsed - before) / ${reloads} / 1024;
      console.log(JSON.stringify({ alive: alive.filter((ref) => ref.deref() !== undefined).length, slope }));`;
    const output = execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    const { alive, slope } = JSON.parse(output) as { alive: number; slope: number };
    assert.equal(alive, 1, "only the newest generation is alive");
    assert.ok(slope < 20, `the heap grows by ${slope} KB a reload`);
  });
});
