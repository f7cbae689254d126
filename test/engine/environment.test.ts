import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Files } from "../support/plugin-folder.ts";
import { createBench, inPlugin } from "./engine-bench.ts";

const esm = (name: string, from: string): Files => ({
  [`${from}/node_modules/${name}/package.json`]: { name, version: "1.0.0", type: "module", exports: "./index.js" },
  [`${from}/node_modules/${name}/index.js`]: `export const from = ${JSON.stringify(from)};`,
});
const cjs = (name: string, from: string): Files => ({
  [`${from}/node_modules/${name}/package.json`]: { name, version: "1.0.0" },
  [`${from}/node_modules/${name}/index.js`]: `exports.from = ${JSON.stringify(from)};`,
});

describe("Engine.load with an environment", () => {
  test("takes packages from there first, in imports, import(), require and import.meta.resolve", async () => {
    using bench = createBench({
      ...inPlugin({
        "package.json": { imports: { "#alias": "own" } },
        "plugin.ts": `
          import { from } from "own"; import { from as old } from "./lib/old.cjs"; import { from as host } from "host-only";
          export const late = async () => (await import("own")).from;
          export const url = import.meta.resolve("own"), hostUrl = import.meta.resolve("host-only");
          export { from, old, host };`,
        "lib/old.cjs":
          'exports.from = require("old").from + require("node:path").sep + require.resolve("old").includes("env-1");',
      }),
      ...esm("own", "env-1"),
      ...esm("own", "."),
      ...cjs("old", "env-1"),
      ...cjs("old", "."),
      ...esm("host-only", "."),
    });
    const environment = bench.folder.at("env-1");
    const { namespace } = await bench.load({ environment });
    assert.equal(namespace["from"], "env-1");
    assert.equal(namespace["old"], "env-1/true");
    assert.equal(namespace["host"], ".");
    assert.equal(await namespace["late"](), "env-1");
    assert.match(namespace["url"], /env-1\/node_modules\/own\/index\.js$/);
    assert.doesNotMatch(namespace["hostUrl"], /env-1/);
    assert.equal((await bench.load()).namespace["from"], ".", "without one, the application's");
  });

  test("gives each generation its own, also to a late import of the old one", async () => {
    using bench = createBench({
      ...inPlugin({
        "plugin.ts": 'export { from } from "own"; export const late = async () => (await import("late")).from;',
      }),
      ...esm("own", "env-1"),
      ...esm("late", "env-1"),
      ...esm("own", "env-2"),
      ...esm("late", "env-2"),
    });
    const first = await bench.load({ environment: bench.folder.at("env-1") });
    const second = await bench.load({ environment: bench.folder.at("env-2") });
    assert.deepEqual([first.namespace["from"], second.namespace["from"]], ["env-1", "env-2"]);
    assert.deepEqual([await second.namespace["late"](), await first.namespace["late"]()], ["env-2", "env-1"]);
  });

  test("does not count for a shared helper, which lies in no plugin's folder", async () => {
    using bench = createBench({
      ...inPlugin({ "plugin.ts": 'export { from } from "../_shared/x.ts";' }),
      "plugins/_shared/x.ts": 'export { from } from "own";',
      ...esm("own", "env-1"),
      ...esm("own", "."),
    });
    assert.equal((await bench.load({ environment: bench.folder.at("env-1") })).namespace["from"], ".");
  });

  test("names a package that is neither there nor in the application", async () => {
    using bench = createBench({ ...inPlugin({ "plugin.ts": 'import "absent";' }), ...esm("own", "env-1") });
    const error = await bench.fail({ environment: bench.folder.at("env-1") });
    assert.equal(error.code, "PLUGO_IMPORT_NOT_FOUND");
    assert.match(error.message, /Cannot find "absent", imported in .*plugin\.ts:1:8/);
    assert.match(error.remedy, /package\.json/);
  });

  test("says what a package that is there does not export", async () => {
    using bench = createBench({ ...inPlugin({ "plugin.ts": 'import "own/inner";' }), ...esm("own", "env-1") });
    const error = await bench.fail({ environment: bench.folder.at("env-1") });
    assert.equal(error.code, "PLUGO_IMPORT_NOT_FOUND");
    assert.match(error.remedy, /Correct the path: .*inner/s);
  });
});
