import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { describe, test } from "node:test";
import { createReloadCallback, getRuntime, loadPlugins, PluginWatcher } from "@plugo/node";
import { keepLines } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

const own = { env: {}, plugins: [] } as const;
/** Counts the evaluations of its module, and has a timer of its own. */
const counting = `let inits = 0;
globalThis.plugoEvaluations = (globalThis.plugoEvaluations ?? 0) + 1;
export function initPlugin({ ticks }: any) {
  inits += 1;
  const mine = inits;
  setInterval(() => ticks.push(mine), 1);
  return { inits };
}`;
const evaluations = (): unknown => (globalThis as { plugoEvaluations?: unknown }).plugoEvaluations;

describe("createReloadCallback", () => {
  test("loads at the first call, and evaluates everything anew at the others", async () => {
    const log: string[] = [];
    using folder = createFolder({ ...plugin("a", tracingPlugin("a")), ...plugin("b", tracingPlugin("b")) });
    await using reload = createReloadCallback({
      ...own,
      pluginDirectory: folder.path,
      logger: keepLines(),
      context: { log },
    });
    assert.deepEqual(log, []);
    assert.deepEqual([...(await reload())], ["a", "b"]);
    folder.write(plugin("b", tracingPlugin("b2")));
    assert.deepEqual([...(await reload())], ["a", "b"]);
    assert.deepEqual(log, ["init a", "init b", "init a", "init b2", "undo b", "undo a"]);
  });

  test("with clearModules: false calls initPlugin again on the modules as they are, whose timers live on", async () => {
    const ticks: number[] = [];
    using folder = createFolder(plugin("a", counting));
    const options = { ...own, pluginDirectory: folder.path, logger: keepLines(), context: { ticks } };
    await using reload = createReloadCallback({ ...options, clearModules: false });
    const before = Number(evaluations() ?? 0);
    for (let call = 1; call <= 3; call += 1) {
      await reload();
      ticks.length = 0;
      while (ticks.length < 3) await new Promise((resolve) => setImmediate(resolve));
      // Only the timer of the latest generation is left.
      assert.deepEqual(new Set(ticks), new Set([call]));
    }
    assert.equal(evaluations(), before + 1);
  });

  test("gives the timers back when the new generation fails", async () => {
    const ticks: number[] = [];
    using folder = createFolder(
      plugin(
        "a",
        `let inits = 0;
        export function initPlugin({ ticks, later }: any) {
          inits += 1;
          if (inits === 2) throw new Error("no");
          later.push(() => setInterval(() => ticks.push(inits), 1));
        }`,
      ),
    );
    const later: (() => void)[] = [];
    const options = { ...own, pluginDirectory: folder.path, logger: keepLines(), context: { ticks, later } };
    await using reload = createReloadCallback({ ...options, clearModules: false });
    await reload();
    await reload();
    later[0]?.();
    while (ticks.length < 3) await new Promise((resolve) => setImmediate(resolve));
  });

  test("evaluates anew only what pluginModulePrefixes hold", async () => {
    using folder = createFolder({ ...plugin("a", tracingPlugin("a1")), ...plugin("b", tracingPlugin("b1")) });
    const log: string[] = [];
    const options = { ...own, pluginDirectory: folder.path, logger: keepLines(), context: { log } };
    await using reload = createReloadCallback({ ...options, pluginModulePrefixes: [folder.at("b")] });
    await reload();
    folder.write({ ...plugin("a", tracingPlugin("a2")), ...plugin("b", tracingPlugin("b2")) });
    log.length = 0;
    await reload();
    assert.deepEqual(
      log.filter((line) => line.startsWith("init")),
      ["init a1", "init b2"],
    );
  });

  test("rejects after it was disposed", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    const reload = createReloadCallback({
      ...own,
      pluginDirectory: folder.path,
      logger: keepLines(),
      context: { log: [] },
    });
    await reload();
    await reload[Symbol.asyncDispose]();
    await assert.rejects(reload(), { code: "PLUGO_CLOSED" });
  });
});

describe("PluginWatcher", () => {
  test("calls back once for a burst of changed content, and not for a touch or another kind of file", async () => {
    using folder = createFolder({ "a/plugin.ts": "1", "a/style.css": "1" });
    let calls = 0;
    let called: () => void = () => {};
    const nextCall = (): Promise<void> => new Promise((resolve) => (called = resolve));
    await using watcher = new PluginWatcher({
      watchPaths: [folder.path],
      logger: keepLines(),
      debounceMs: 20,
      reloadCallback: () => {
        calls += 1;
        called();
      },
    });
    await watcher.start();
    const alive = setInterval(() => {}, 60_000);
    try {
      utimesSync(folder.at("a/plugin.ts"), new Date(), new Date());
      folder.write({ "a/style.css": "2" });
      let call = nextCall();
      folder.write({ "a/plugin.ts": "2", "b/deep/er.json": { x: 1 } });
      await call;
      assert.equal(calls, 1);
      call = nextCall();
      folder.write({ "b/deep/er.json": { x: 2 } });
      await call;
      assert.equal(calls, 2);
    } finally {
      clearInterval(alive);
    }
  });

  test("drives a reload callback, one call at a time", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    const log: string[] = [];
    await using reload = createReloadCallback({
      ...own,
      pluginDirectory: folder.path,
      logger: keepLines(),
      context: { log },
    });
    await reload();
    let finished: () => void = () => {};
    const done = new Promise<void>((resolve) => (finished = resolve));
    await using watcher = new PluginWatcher({
      watchPaths: [folder.path],
      logger: keepLines(),
      reloadCallback: async () => {
        await reload();
        finished();
      },
    });
    await watcher.start();
    const alive = setInterval(() => {}, 60_000);
    folder.write(plugin("a", tracingPlugin("a2")));
    await done;
    clearInterval(alive);
    assert.ok(log.includes("init a2"));
  });
});

describe("getRuntime", () => {
  test("knows whose hot reload is active, and stops it", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    const place = { pluginDirectory: folder.path };
    const options = { ...own, ...place, logger: keepLines(), context: { log: [] } };
    await using host = await loadPlugins({ ...options, hotReload: true });
    assert.equal(getRuntime().isHotReloadActive(place), true);
    assert.equal(getRuntime().isHotReloadActive({ pluginDirectory: folder.at("a") }), false);
    assert.equal(getRuntime().stopHotReload(place), true);
    assert.equal(getRuntime().isHotReloadActive(place), false);
    folder.write(plugin("a", tracingPlugin("a2")));
    await host.settled();
    assert.deepEqual(host.get("a"), { label: "a1" });
    await using other = await loadPlugins({ ...options, hotReload: true });
    assert.equal(getRuntime().isHotReloadActive(place), true);
    getRuntime().shutdown();
    assert.equal(getRuntime().isHotReloadActive(place), false);
    await other.close();
  });

  test("forgets a host that closes", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    const place = { pluginDirectory: folder.path };
    const host = await loadPlugins({ ...own, ...place, logger: keepLines(), context: { log: [] }, hotReload: true });
    await host.close();
    assert.equal(getRuntime().isHotReloadActive(place), false);
  });
});
