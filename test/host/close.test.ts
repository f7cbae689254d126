import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import { loadPlugins } from "@plugo/node";
import { keepLines, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

describe("host.close", () => {
  test("ends the plugins in reverse activation order, one after the other", async () => {
    const log: string[] = [];
    const slow = (name: string): string => `export function initPlugin({ log }: any, plugin: any) {
      plugin.defer(async () => { log.push("begin ${name}"); await new Promise(setImmediate); log.push("end ${name}"); });
    }`;
    using folder = createFolder({ ...plugin("a", slow("a")), ...plugin("b", slow("b")), ...plugin("c", slow("c")) });
    const host = await loadFrom(folder, { context: { log } });
    await Promise.all([host.close(), host.close()]);
    assert.deepEqual(log, ["begin c", "end c", "begin b", "end b", "begin a", "end a"]);
    assert.equal(host.loaded.size, 0);
    assert.deepEqual(phases(host), { a: "disabled", b: "disabled", c: "disabled" });
    assert.throws(() => host.get("a"), { code: "PLUGO_NOT_ACTIVE" });
    assert.equal(host.report.trigger, "close");
  });

  test("runs at the end of an await using block", async () => {
    const log: string[] = [];
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    {
      await using host = await loadFrom(folder, { context: { log } });
      void host;
    }
    assert.deepEqual(log, ["init a", "undo a"]);
  });

  test("does not wait for an initPlugin that hangs in a change under way", async () => {
    const started = Promise.resolve();
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    const host = await loadFrom(folder, { context: { log: [] } });
    folder.write(plugin("a", `export function initPlugin() { return new Promise(() => {}); }`));
    const reload = host.reload("a");
    await started;
    await host.close();
    const report = await reload.catch((error: unknown) => error);
    assert.ok(report);
  });

  test("writes no error for a change of files that it cuts off", async () => {
    const logger = keepLines();
    let begun: () => void = () => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    using folder = createFolder(plugin("a", "export function initPlugin() {}"));
    const host = await loadFrom(folder, { hotReload: true, logger, context: { begun: () => begun() } });
    await host.settled();
    const code = `export function initPlugin({ begun }: any) { begun(); return new Promise(() => {}); }`;
    folder.write({ ...plugin("a", code), ...plugin("b", code, { dependencies: ["a"] }) });
    const alive = setInterval(() => {}, 60_000);
    await hasBegun;
    clearInterval(alive);
    await host.close();
    assert.deepEqual(
      logger.lines.filter((line) => /^(?:error|warn)/.test(line)),
      [],
    );
  });
});

describe("loadPlugins", () => {
  test("rejects and undoes everything when its signal aborts", async () => {
    const log: string[] = [];
    const controller = new AbortController();
    using folder = createFolder({
      ...plugin("a", tracingPlugin("a")),
      ...plugin("b", `export function initPlugin({ abort }: any) { abort(); return new Promise(() => {}); }`),
    });
    const context = { log, abort: () => setImmediate(() => controller.abort(new Error("shutting down"))) };
    await assert.rejects(loadFrom(folder, { context, signal: controller.signal }), {
      code: "PLUGO_ABORTED",
    });
    assert.deepEqual(log, ["init a", "undo a"]);
  });

  test("does nothing when its signal aborts after the load", async () => {
    const controller = new AbortController();
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    await using host = await loadFrom(folder, { context: { log: [] }, signal: controller.signal });
    controller.abort();
    await host.reload("a");
    assert.deepEqual([...host.loaded], ["a"]);
  });

  test("rejects with strict when a wanted plugin is not active, and undoes the rest", async () => {
    const log: string[] = [];
    using folder = createFolder({ ...plugin("a", tracingPlugin("a")), ...plugin("b", "export const x = 1;") });
    await assert.rejects(loadFrom(folder, { context: { log }, strict: true }), {
      code: "PLUGO_STRICT",
      message: /exports no function initPlugin/,
    });
    assert.deepEqual(log, ["init a", "undo a"]);
  });

  test("works with no directory and no config at all", async () => {
    await using host = await loadPlugins({ logger: keepLines(), env: {}, plugins: [] });
    assert.equal(host.loaded.size, 0);
    assert.deepEqual(host.snapshot().plugins, []);
  });

  test("activates independent plugins that wait together, and dependents after what they need", async () => {
    const log: string[] = [];
    const waiting = (name: string): string => `export async function initPlugin({ log }: any) {
      log.push("begin ${name}"); await new Promise(setImmediate); log.push("end ${name}");
    }`;
    using folder = createFolder({
      ...plugin("a", waiting("a")),
      ...plugin("b", waiting("b"), { dependencies: ["a"] }),
      ...plugin("c", waiting("c")),
    });
    await using host = await loadFrom(folder, { context: { log } });
    assert.equal(log.length, 6);
    assert.ok(log.indexOf("begin c") < log.indexOf("end a"), "c does not wait for a");
    assert.ok(log.indexOf("end a") < log.indexOf("begin b"), "b waits for a");
    void host;
  });

  test("gives two hosts on one directory their own generations", async () => {
    using folder = createFolder(
      plugin("a", `let count = 0; export const initPlugin = () => ({ next: () => (count += 1) });`),
    );
    await using first = await loadFrom(folder);
    await using second = await loadFrom(folder);
    const next = (host: typeof first): number => host.get<{ next: () => number }>("a").next();
    assert.deepEqual([next(first), next(first), next(second)], [1, 2, 1]);
  });

  for (const [option, value] of Object.entries({
    pluginDirectory: 7,
    configPath: "",
    context: null,
    logger: {},
    initTimeoutMs: -1,
    disposeTimeoutMs: Number.NaN,
    strict: "yes",
    engine: "vm",
    plugins: {},
    env: "x",
    coreVersion: 1,
    signal: {},
  })) {
    test(`refuses the option ${option} when it is ${JSON.stringify(value)}, by name`, async () => {
      await assert.rejects(loadPlugins({ [option]: value }), {
        code: "PLUGO_OPTION_INVALID",
        message: new RegExp(`"${option}"`),
      });
    });
  }
});

describe("diagnostics channels", () => {
  test("publish load, activate, swap and dispose, with the plugin and its generation", async () => {
    const messages: string[] = [];
    const subscriptions = ["load", "activate", "dispose", "swap"].map((step) => {
      const listener = (message: unknown): void => {
        const { plugin: name, generation, loaded, error } = message as Record<string, string | undefined>;
        const what = name === undefined ? `${loaded}` : `${name} ${generation}`;
        messages.push(`${step} ${what}${error === undefined ? "" : " failed"}`);
      };
      channel(`plugo:${step}`).subscribe(listener);
      return () => channel(`plugo:${step}`).unsubscribe(listener);
    });
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    const host = await loadFrom(folder, { context: { log: [] } });
    folder.write(plugin("a", `export function initPlugin() { throw new Error("no"); }`));
    await host.reload("a");
    await host.close();
    for (const unsubscribe of subscriptions) unsubscribe();
    assert.deepEqual(messages, [
      "load a 1",
      "activate a 1",
      "swap a",
      "load a 2",
      "activate a 2 failed",
      "dispose a 2",
      "swap ",
      "dispose a 1",
    ]);
  });
});
