import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Engine, LoadedModules, LoadRequest } from "#src/engine/engine.js";
import { createNativeEngine } from "#src/engine/native-engine.js";
import type { PlugoError } from "#src/kernel/plugo-error.js";
import { keepLines } from "../support/load.ts";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";

function engineFor(
  folder: TestFolder,
  entry: string,
): { engine: Engine; load: (previous?: LoadedModules) => Promise<LoadedModules> } {
  const engine = createNativeEngine({ cacheFolder: undefined, logger: keepLines() });
  const request = (previous: LoadedModules | undefined): LoadRequest => ({
    plugin: "p",
    generation: 1,
    folder: folder.path,
    entry: folder.at(entry),
    environment: null,
    owners: { ownerOf: () => ({ kind: "host" }) },
    dependency: () => undefined,
    declares: () => false,
    timers: () => ({ setTimeout, setInterval, setImmediate }),
    previous,
    restore: false,
  });
  return { engine, load: async (previous) => engine.load(request(previous)) };
}

async function failing(loading: Promise<unknown>): Promise<PlugoError> {
  return loading.then(
    () => assert.fail("It loads."),
    (error: unknown) => error as PlugoError,
  );
}

describe("createNativeEngine", () => {
  test("load imports the entry through Node.js", async () => {
    using folder = createFolder({
      "plugin.mjs": "export { sep } from 'node:path'; export * as self from './plugin.mjs';",
    });
    const { namespace, files } = await engineFor(folder, "plugin.mjs").load();
    assert.equal(namespace["self"], namespace);
    assert.deepEqual([...files.keys()], [folder.at("plugin.mjs")]);
  });

  test("load says that a changed plugin needs a restart, and gives an unchanged one as it is", async () => {
    using folder = createFolder({ "plugin.mjs": "export const a = 1;" });
    const { engine, load } = engineFor(folder, "plugin.mjs");
    const first = await load();
    assert.equal((await load(first)).namespace, first.namespace);
    assert.deepEqual(engine.changedFiles(first), []);
    folder.write({ "plugin.mjs": "export const a = 2;" });
    assert.deepEqual(engine.changedFiles(first), [folder.at("plugin.mjs")]);
    const error = await failing(load(first));
    assert.equal(error.code, "PLUGO_RESTART_NEEDED");
    assert.equal(error.plugin, "p");
    // Also without the generation before: Node.js would give the old module again.
    assert.equal((await failing(load())).code, "PLUGO_RESTART_NEEDED");
    folder.remove("plugin.mjs");
    assert.deepEqual(engine.changedFiles(first), [folder.at("plugin.mjs")]);
  });

  test("load explains what Node.js refuses", async () => {
    using folder = createFolder({
      "bad.mjs": "const x = ;",
      "throws.mjs": "throw new RangeError('no');",
      "plugin.tsx": "",
    });
    const syntax = await failing(engineFor(folder, "bad.mjs").load());
    assert.equal(syntax.code, "PLUGO_SYNTAX");
    assert.match(syntax.message, /bad\.mjs/);
    const thrown = await failing(engineFor(folder, "throws.mjs").load());
    assert.equal(thrown.code, "PLUGO_EVALUATION");
    assert.match(thrown.message, /throws\.mjs" failed: no/);
    const typed = await failing(engineFor(folder, "plugin.tsx").load());
    assert.match(typed.message, /runs no TypeScript; use engine: "runner"/);
  });

  test("mapStack gives Node's own stack, and never throws", () => {
    using folder = createFolder();
    const { engine } = engineFor(folder, "plugin.mjs");
    const error = new Error("x");
    assert.equal(engine.mapStack(error), error.stack);
    for (const thrown of [undefined, null, 1, {}]) assert.equal(typeof engine.mapStack(thrown), "string");
  });
});
