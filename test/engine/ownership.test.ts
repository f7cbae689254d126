import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createBench, inPlugin } from "./engine-bench.ts";

const major = Number(process.versions.node.split(".")[0]);

describe("Engine.load", () => {
  test("gives each generation its own copy of a shared file", async () => {
    using bench = createBench({
      ...inPlugin({ "plugin.ts": "export { state } from '../_shared/state.js';" }),
      "plugins/_shared/state.ts": "export const state = {};",
    });
    const [first, second] = [await bench.load(), await bench.load()];
    assert.notEqual(first.namespace["state"], second.namespace["state"]);
    assert.ok(first.files.has(bench.folder.at("plugins/_shared/state.ts")));
  });

  test("imports a file of another plugin from the generation that it is given, also later", async () => {
    using bench = createBench({
      ...inPlugin({
        "plugin.ts":
          "import { state } from '../other/lib/state.js'; export { state }; export const late = async () => (await import('../other/lib/late.ts')).state;",
      }),
      "plugins/other/plugin.ts": "export { state } from './lib/state.ts';",
      "plugins/other/lib/state.ts": "export const state = {};",
      "plugins/other/lib/late.ts": "export { state } from './state.ts';",
    });
    const other = await bench.load({ plugin: "other" });
    bench.dependencies.set("other", other);
    const { namespace, files } = await bench.load();
    assert.equal(namespace["state"], other.namespace["state"]);
    assert.equal(await namespace["late"](), other.namespace["state"]);
    assert.deepEqual([...files.keys()], [bench.folder.at("plugins/p/plugin.ts")]);
    assert.ok(other.files.has(bench.folder.at("plugins/other/lib/late.ts")));
  });

  test("waits for the modules of a dependency that is still loading", async () => {
    using bench = createBench({
      ...inPlugin({ "plugin.ts": "export { a } from '../other/plugin.ts';" }),
      "plugins/other/plugin.ts": "await 0; export const a = 1;",
    });
    bench.dependencies.set("other", bench.engine.load(bench.request({ plugin: "other" })));
    assert.equal((await bench.load()).namespace["a"], 1);
  });

  test("refuses a file of a plugin that is not declared, unless only its types are imported", async () => {
    using bench = createBench({
      ...inPlugin({
        "plugin.ts": "import { a } from '../other/a.ts'; export { a };",
        "types.ts": "import { A } from '../other/a.ts'; export const x: A = 1;",
      }),
      "plugins/other/a.ts": "export const a = 1; export type A = number;",
    });
    const error = await bench.fail();
    assert.equal(error.code, "PLUGO_IMPORT_UNDECLARED");
    assert.match(error.message, /plugin\.ts:1:19.*"other"/s);
    assert.equal((await bench.load({ entry: bench.folder.at("plugins/p/types.ts") })).namespace["x"], 1);
  });

  test("says that an optional plugin does not run", async () => {
    using bench = createBench({
      ...inPlugin({ "plugin.ts": "import '../other/a.ts';" }),
      "plugins/other/a.ts": "",
    });
    const error = await bench.fail({ declares: () => true });
    assert.equal(error.code, "PLUGO_IMPORT_NOT_FOUND");
    assert.match(error.remedy, /"other" does not run/);
  });

  test("shares a host file with the host, whatever the alias", async () => {
    using bench = createBench({
      ...inPlugin({
        "plugin.ts":
          "import { db } from '../../src/db'; import aliased from '@host/data.json'; export { db, aliased };",
      }),
      "src/db.mjs": "export const db = {};",
      "src/data.json": { x: 1 },
      "tsconfig.json": { compilerOptions: { paths: { "@host/*": ["./src/*"] } } },
    });
    const { db } = (await import(pathToFileURL(bench.folder.at("src/db.mjs")).href)) as { db: object };
    const { namespace, files } = await bench.load();
    assert.equal(namespace["db"], db);
    assert.deepEqual(namespace["aliased"], { x: 1 });
    assert.equal(files.size, 1);
  });

  test("says that Node.js cannot import a host file, or imports it where it can", async () => {
    using bench = createBench({
      ...inPlugin({ "plugin.ts": "import { db } from '../../src/db.js'; export { db };" }),
      "src/db.ts": "export const db: number = 1;",
      "package.json": { type: "module" },
    });
    if (major >= 24 || major === 22) {
      assert.equal((await bench.load()).namespace["db"], 1);
      return;
    }
    const error = await bench.fail();
    assert.equal(error.code, "PLUGO_IMPORT_HOST_FILE");
    assert.match(error.message, /plugin\.ts:1:20.*runs no TypeScript/s);
  });

  test("refuses a host's source when the host runs its built copy", async () => {
    using bench = createBench({
      ...inPlugin({ "plugin.ts": "import '../../src/db.ts';" }),
      "src/db.ts": "export const db = 1;",
      "dist/db.js": "export const db = 1;",
      "tsconfig.json": { compilerOptions: { outDir: "dist", rootDir: "src" } },
    });
    const error = await bench.fail();
    assert.equal(error.code, "PLUGO_IMPORT_HOST_FILE");
    assert.match(error.message, /dist[/\\]db\.js/);
  });

  test("imports packages through a linked node_modules, with one instance for all", async () => {
    using bench = createBench({
      ...inPlugin({
        "plugin.ts": "export { id } from 'dep'; import inner from './node_modules/dep/i.js'; export { inner };",
      }),
      "store/node_modules/dep/package.json": { name: "dep", type: "module", main: "i.js" },
      "store/node_modules/dep/i.js": "export const id = {}; export default id;",
    });
    symlinkSync(bench.folder.at("store/node_modules"), bench.folder.at("plugins/p/node_modules"), "junction");
    const [first, second] = [await bench.load(), await bench.load()];
    assert.equal(first.namespace["id"], second.namespace["id"]);
    assert.equal(first.namespace["inner"], first.namespace["id"]);
    assert.equal(first.files.size, 1);
  });

  test("takes a file that is reached through a link by its real path", async () => {
    using bench = createBench({
      ...inPlugin({
        "plugin.ts":
          "import { a } from './lib/a.ts'; import { a as b } from './linked/a.ts'; export const same = a === b;",
        "lib/a.ts": "export const a = {};",
      }),
    });
    mkdirSync(bench.folder.at("plugins/p"), { recursive: true });
    symlinkSync(bench.folder.at("plugins/p/lib"), bench.folder.at("plugins/p/linked"), "junction");
    assert.equal((await bench.load()).namespace["same"], true);
  });

  test("hands the files their generation's timers, and asks for them once", async () => {
    using bench = createBench(
      inPlugin({
        "plugin.ts": "import { b } from './b.ts'; export const used = [setTimeout, b, typeof setInterval];",
        "b.ts": "export const b = setImmediate;",
        "none.ts": "export {};",
      }),
    );
    let asked = 0;
    const timers = (): never => {
      asked += 1;
      return { setTimeout: "t", setInterval: "v", setImmediate: "i" } as never;
    };
    const { namespace } = await bench.load({ timers });
    assert.deepEqual(namespace["used"], ["t", "i", "string"]);
    assert.equal(asked, 1);
    await bench.load({ timers, entry: bench.folder.at("plugins/p/none.ts") });
    assert.equal(asked, 1);
  });
});
