import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import { createBench, inPlugin } from "./engine-bench.ts";

const graph = {
  "plugin.ts": `import { b } from "./b.ts"; import data from "./d.json"; import own from "./c.cjs";
    export const state = { b, data, own };
    export const late = async () => (await import("./late.ts")).late;
    export const other = async () => (await import("./" + "other.ts")).other;`,
  "b.ts": "import { deep } from './deep'; export const b = { deep };",
  "deep.ts": "export const deep = 'old';",
  "d.json": { x: "old" },
  "c.cjs": "exports.inner = require('./inner.cjs');",
  "inner.cjs": "exports.x = 'old';",
  "late.ts": "export const late = 'old';",
  "other.ts": "export const other = 'old';",
};
const changed = Object.fromEntries(
  Object.entries(graph).map(([path, content]) => [
    path,
    typeof content === "string" ? content.replaceAll("'old'", "'new'") : { x: "new" },
  ]),
);

describe("Engine.load", () => {
  test("with a previous generation gives new modules, from the files as they are now", async () => {
    using bench = createBench(inPlugin(graph));
    const first = await bench.load();
    bench.folder.write(inPlugin(changed));
    const second = await bench.load({ previous: first });
    const { state } = second.namespace;
    assert.deepEqual(state, { b: { deep: "new" }, data: { x: "new" }, own: { inner: { x: "new" } } });
    assert.deepEqual(first.namespace["state"].b, { deep: "old" });
    assert.notEqual(
      first.files.get(bench.folder.at("plugins/p/deep.ts")),
      second.files.get(bench.folder.at("plugins/p/deep.ts")),
    );
    assert.equal(
      first.files.get(bench.folder.at("plugins/p/b.ts")),
      second.files.get(bench.folder.at("plugins/p/b.ts")),
    );
    assert.equal(second.files.size, 6);
  });

  test("with `restore` evaluates the files as they were, also those imported later, whatever is on disk", async () => {
    using bench = createBench(inPlugin(graph));
    const first = await bench.load();
    assert.equal(await first.namespace["late"](), "old");
    bench.folder.write(
      inPlugin({
        ...changed,
        "deep/index.ts": "export const deep = 'folder';",
        "other.ts": "export const other = 'new';",
      }),
    );
    for (const path of ["deep.ts", "d.json", "c.cjs", "late.ts", "plugin.ts"])
      rmSync(bench.folder.at(`plugins/p/${path}`));
    bench.engine.refresh();
    const once = await bench.load({ previous: first, restore: true });
    const again = await bench.load({ previous: once, restore: true });
    for (const { namespace, files } of [once, again]) {
      assert.deepEqual(namespace["state"], { b: { deep: "old" }, data: { x: "old" }, own: { inner: { x: "old" } } });
      assert.notEqual(namespace["state"], first.namespace["state"]);
      assert.equal(await namespace["late"](), "old");
      assert.equal(
        files.get(bench.folder.at("plugins/p/deep.ts")),
        first.files.get(bench.folder.at("plugins/p/deep.ts")),
      );
    }
    assert.equal(await again.namespace["other"](), "new", "a file that the generation never had is read");
  });

  test("compiles a file again when only its tsconfig has changed", async () => {
    const code =
      "const seen: string[] = []; class A { set x(_: number) { seen.push('set'); } } class B extends A { x = 1; } new B(); export { seen };";
    using bench = createBench(inPlugin({ "plugin.ts": code, "tsconfig.json": {} }));
    const first = await bench.load();
    assert.deepEqual(first.namespace["seen"], []);
    bench.folder.write(inPlugin({ "tsconfig.json": { compilerOptions: { useDefineForClassFields: false } } }));
    assert.deepEqual(bench.engine.changedFiles(first), [], "what is known is known until refresh");
    bench.engine.refresh();
    assert.deepEqual(bench.engine.changedFiles(first), [bench.folder.at("plugins/p/plugin.ts")]);
    assert.deepEqual((await bench.load({ previous: first })).namespace["seen"], ["set"]);
  });

  test("returns a value when nothing has to wait, and a promise when something has", () => {
    using bench = createBench(
      inPlugin({
        "plugin.ts":
          "import { b } from './b.ts'; import c from './c.cjs'; import d from './d.json'; export const all = [b, c, d]; export async function initPlugin() { await 0; }",
        "b.ts": "export * from './plugin.ts'; export const b = 1;",
        "c.cjs": "module.exports = 2;",
        "d.json": "3",
        "waits.ts": "import './tla.ts';",
        "tla.ts": "await 0;",
      }),
    );
    const loaded = bench.engine.load(bench.request());
    assert.ok(!(loaded instanceof Promise));
    assert.deepEqual(loaded.namespace["all"], [1, 2, 3]);
    assert.ok(bench.engine.load(bench.request({ entry: bench.folder.at("plugins/p/waits.ts") })) instanceof Promise);
  });
});

describe("Engine.changedFiles", () => {
  test("compares each file's content with the disk", async () => {
    using bench = createBench(inPlugin(graph));
    const modules = await bench.load();
    assert.deepEqual(bench.engine.changedFiles(modules), []);
    for (const path of ["deep.ts", "d.json", "inner.cjs"] as const) {
      bench.folder.write(inPlugin({ [path]: changed[path] }));
      assert.deepEqual(bench.engine.changedFiles(modules), [bench.folder.at(`plugins/p/${path}`)]);
      bench.folder.write(inPlugin({ [path]: graph[path] }));
      assert.deepEqual(bench.engine.changedFiles(modules), [], path);
    }
    bench.folder.remove("plugins/p/b.ts");
    assert.deepEqual(bench.engine.changedFiles(modules), [bench.folder.at("plugins/p/b.ts")]);
  });

  test("names what an import would lead to now, and did not lead to then", async () => {
    using bench = createBench(
      inPlugin({
        "plugin.js": `import "./a"; import "./b.js"; import "./c"; export const late = () => import("./e");`,
        "a.js": "",
        "b.ts": "",
        "c/index.js": "",
        "e.js": "",
      }),
    );
    const modules = await bench.load({ entry: bench.folder.at("plugins/p/plugin.js") });
    await modules.namespace["late"]();
    assert.deepEqual(bench.engine.changedFiles(modules), []);
    for (const path of ["a.ts", "b.js", "c.ts", "c/index.ts", "e.ts"]) {
      bench.folder.write(inPlugin({ [path]: "" }));
      bench.engine.refresh();
      assert.deepEqual(bench.engine.changedFiles(modules), [bench.folder.at(`plugins/p/${path}`)]);
      bench.folder.remove(`plugins/p/${path}`);
      bench.engine.refresh();
      assert.deepEqual(bench.engine.changedFiles(modules), []);
    }
    for (const path of ["a/index.ts", "a.json", "other.ts"]) bench.folder.write(inPlugin({ [path]: "" }));
    bench.engine.refresh();
    assert.deepEqual(bench.engine.changedFiles(modules), []);
  });
});
