import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { LoadReport } from "@plugo/node";
import { keepLines, loadFrom, phases } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

const live = { hotReload: true } as const;

describe("hot reload", () => {
  test("puts a saved file in service, and says what changed", async () => {
    const log: string[] = [];
    using folder = createFolder({ ...plugin("a", tracingPlugin("a1")), ...plugin("b", tracingPlugin("b")) });
    await using host = await loadFrom(folder, { ...live, context: { log } });
    await host.settled();
    const change = nextReport(host);
    folder.write(plugin("a", tracingPlugin("a2")));
    const report = await change;
    assert.equal(report.trigger, "file");
    assert.deepEqual(report.loaded, ["a"]);
    assert.ok(
      report.changed.some((path) => path.endsWith("a/plugin.ts")),
      report.changed.join(),
    );
    assert.deepEqual(log, ["init a1", "init b", "init a2", "undo a1"]);
  });

  test("names a file that has gone only when it was one of the plugin's", async () => {
    using folder = createFolder({
      ...plugin("a", `import "./part.ts"; export function initPlugin() {}`),
      "a/part.ts": "export {};",
    });
    await using host = await loadFrom(folder, { ...live, context: {} });
    await host.settled();
    const change = nextReport(host);
    folder.write({ "a/sedXYZ": "x" });
    folder.remove("a/sedXYZ");
    folder.remove("a/part.ts");
    const { changed, problems } = await change;
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["PLUGO_IMPORT_NOT_FOUND"],
    );
    assert.ok(
      changed.some((path) => path.endsWith("part.ts")),
      changed.join(),
    );
    assert.ok(!changed.some((path) => path.endsWith("sedXYZ")), changed.join());
  });

  test("settled includes a write that finished before the call", async () => {
    const log: string[] = [];
    using folder = createFolder(plugin("a", tracingPlugin("a0")));
    await using host = await loadFrom(folder, { ...live, context: { log } });
    for (let number = 1; number <= 20; number += 1) {
      folder.write(plugin("a", tracingPlugin(`a${number}`)));
      await host.settled();
      assert.deepEqual(host.get("a"), { label: `a${number}` });
    }
  });

  test("tells nobody of a write that changes no content, a touch or a read", async () => {
    const log: string[] = [];
    using folder = createFolder({ ...plugin("a", tracingPlugin("a")), ...plugin("bad", "export const x = 1;") });
    await using host = await loadFrom(folder, { ...live, context: { log } });
    await host.settled();
    const reports: LoadReport[] = [];
    host.on("change", (report) => void reports.push(report));
    folder.write(plugin("a", tracingPlugin("a")));
    utimesSync(folder.at("bad/plugin.ts"), new Date(), new Date());
    await host.settled();
    await host.settled();
    assert.deepEqual(reports, []);
    assert.deepEqual(log, ["init a"]);
  });

  test("adds, renames and removes plugins with their folders", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    folder.write(plugin("b", tracingPlugin("b")));
    await change;
    await host.settled();
    assert.deepEqual([...host.loaded], ["a", "b"]);
    change = nextReport(host);
    renameSync(folder.at("b"), folder.at("c"));
    await change;
    await host.settled();
    assert.deepEqual([...host.loaded], ["a", "c"]);
    change = nextReport(host);
    rmSync(folder.at("a"), { recursive: true });
    await change;
    await host.settled();
    assert.deepEqual([...host.loaded], ["c"]);
    // The renamed folder is still watched.
    change = nextReport(host);
    folder.write(plugin("c", tracingPlugin("c2")));
    await change;
    assert.deepEqual(host.get("c"), { label: "c2" });
  });

  test("keeps the old generation on a broken save, reports it once, and heals with the next good one", async () => {
    const logger = keepLines();
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    await using host = await loadFrom(folder, { ...live, logger, context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    folder.write(plugin("a", "export function initPlugin( {"));
    assert.deepEqual(
      (await change).problems.map(({ code }) => code),
      ["PLUGO_SYNTAX"],
    );
    assert.deepEqual(host.get("a"), { label: "a1" });
    assert.deepEqual(phases(host), { a: "active" });
    await host.settled();
    await host.settled();
    assert.equal(logger.lines.filter((line) => line.includes("PLUGO_SYNTAX")).length, 1);
    assert.equal(logger.lines.filter((line) => line.endsWith("[a] goes on as generation 1")).length, 1);
    change = nextReport(host);
    folder.write(plugin("a", tracingPlugin("a2")));
    await change;
    assert.deepEqual(host.get("a"), { label: "a2" });
  });

  test("tries a plugin again when the package that it lacks has been installed in the application", async () => {
    using folder = createFolder({
      "package.json": {},
      ...plugin("plugins/a", `import { label } from "late";\nexport const initPlugin = () => ({ label });`),
    });
    await using host = await loadFrom(folder, { ...live, pluginDirectory: folder.at("plugins") });
    await host.settled();
    assert.deepEqual(phases(host), { a: "failed" });
    folder.write({
      "node_modules/late/package.json": { name: "late", version: "1.0.0", type: "module", exports: "./index.js" },
      "node_modules/late/index.js": `export const label = "late";`,
    });
    const change = nextReport(host);
    folder.write({ "package.json": { dependencies: { late: "1.0.0" } } });
    assert.deepEqual((await change).loaded, ["a"]);
    assert.deepEqual(host.get("a"), { label: "late" });
  });

  test("names no folder of a plugin that is being made, and in the log a new folder without its files", async () => {
    const logger = keepLines();
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    await using host = await loadFrom(folder, { ...live, logger, context: { log: [] } });
    await host.settled();
    const change = nextReport(host);
    folder.write({
      ".new-b/metadata.json": {},
      ".new-b/plugin.ts": `export const initPlugin = () => {};`,
    });
    renameSync(folder.at(".new-b"), folder.at("b"));
    const { changed } = await change;
    assert.ok(changed.length > 0);
    assert.doesNotMatch(changed.join(), /\.new-b/);
    assert.ok(changed.some((path) => path.endsWith("plugin.ts")));
    assert.ok(
      logger.lines.some((line) => line.endsWith(`changed: ${folder.at("b")}`)),
      logger.lines.join("\n"),
    );
  });

  test("clears the problem without a reload when the content is put back", async () => {
    const log: string[] = [];
    const logger = keepLines();
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    await using host = await loadFrom(folder, { ...live, logger, context: { log } });
    folder.write(plugin("a", "export function initPlugin( {"));
    await host.settled();
    assert.equal(host.snapshot().plugins[0]?.problem?.code, "PLUGO_SYNTAX");
    const change = nextReport(host);
    folder.write(plugin("a", tracingPlugin("a1")));
    assert.deepEqual((await change).loaded, []);
    assert.equal(host.snapshot().plugins[0]?.problem, null);
    assert.deepEqual(log, ["init a1"]);
    assert.ok(logger.lines.includes("info [a] is as it runs again"));
  });

  test("follows the config, whose other neighbours do not matter", async () => {
    using folder = createFolder({
      ...plugin("plugins/a", `export function initPlugin(_: object, { config }: any) { return config; }`),
      ...plugin("plugins/b", tracingPlugin("b")),
      "plugins_config.json": { plugins: [{ name: "a", enabled: true }] },
    });
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("plugins_config.json") };
    await using host = await loadFrom(folder, { ...live, ...options, context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    folder.write({
      "plugins_config.json": {
        plugins: [
          { name: "a", enabled: true, config: { x: 1 } },
          { name: "b", enabled: true },
        ],
      },
    });
    const report = await change;
    assert.equal(report.trigger, "config");
    assert.deepEqual(report.loaded, ["a", "b"]);
    assert.deepEqual(host.get("a"), { x: 1 });
    change = nextReport(host);
    folder.write({ "plugins_config.json": "{ not json" });
    assert.deepEqual(
      (await change).problems.map(({ code }) => code),
      ["PLUGO_CONFIG_INVALID"],
    );
    assert.deepEqual([...host.loaded], ["a", "b"]);
  });

  test("reloads the users of a shared file, and what a plugin has watched", async () => {
    using folder = createFolder({
      "shared.ts": `export const word = "one";`,
      ...plugin("a", `import { word } from "../shared.ts"; export function initPlugin() { return word; }`),
      ...plugin("b", tracingPlugin("b")),
      ...plugin(
        "c",
        `import { readFileSync } from "node:fs"; import { join } from "node:path";
        export function initPlugin(_: object, plugin: any) { return readFileSync(join(plugin.path, "views/x.html"), "utf8"); }`,
        { watch: ["views/**"] },
      ),
      "c/views/x.html": "old",
      "c/other/x.html": "old",
    });
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    folder.write({ "shared.ts": `export const word = "two";` });
    assert.deepEqual((await change).loaded, ["a"]);
    assert.equal(host.get("a"), "two");
    change = nextReport(host);
    folder.write({ "c/other/x.html": "new", "c/views/x.html": "new" });
    assert.deepEqual((await change).loaded, ["c"]);
    assert.equal(host.get("c"), "new");
  });

  test("follows a plugin whose folder is a link", async () => {
    using elsewhere = createFolder(plugin("real", tracingPlugin("one")));
    using folder = createFolder();
    symlinkSync(elsewhere.at("real"), folder.at("linked"), "junction");
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    const change = nextReport(host);
    elsewhere.write(plugin("real", tracingPlugin("two")));
    await change;
    assert.deepEqual(host.get("linked"), { label: "two" });
  });

  test("follows a plugin directory that is replaced as a whole", async () => {
    using folder = createFolder({
      ...plugin("plugins/a", tracingPlugin("one")),
      ...plugin("next/a", tracingPlugin("two")),
    });
    await using host = await loadFrom(folder, { ...live, pluginDirectory: folder.at("plugins"), context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    renameSync(folder.at("plugins"), folder.at("before"));
    renameSync(folder.at("next"), folder.at("plugins"));
    await change;
    await host.settled();
    assert.deepEqual(host.get("a"), { label: "two" });
    change = nextReport(host);
    folder.write(plugin("plugins/a", tracingPlugin("three")));
    await change;
    assert.deepEqual(host.get("a"), { label: "three" });
  });

  test("brings in what was written between the reading and the first watch", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("one")));
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    const change = nextReport(host);
    writeFileSync(folder.at("a/plugin.ts"), tracingPlugin("two"));
    await change;
    assert.deepEqual(host.get("a"), { label: "two" });
  });

  test("hears of files in folders that are made at once", async () => {
    using folder = createFolder(
      plugin("a", `export async function initPlugin() { return (await import("./deep/er/file.ts")).value; }`),
    );
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    assert.deepEqual(phases(host), { a: "failed" });
    const change = nextReport(host);
    mkdirSync(folder.at("a/deep/er"), { recursive: true });
    writeFileSync(folder.at("a/deep/er/file.ts"), "export const value = 1;");
    await change;
    await host.settled();
    assert.equal(host.get("a"), 1);
  });

  test("brings in a shared file that changes while the first one to use it starts", async () => {
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let begun: () => void = () => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    using folder = createFolder({
      "shared.ts": "export const v = 1;",
      ...plugin("a", "export function initPlugin() {}"),
    });
    await using host = await loadFrom(folder, { ...live, context: { begun: () => begun(), released } });
    await host.settled();
    const first = nextReport(host);
    const code = `import { v } from "../shared.ts";
      export async function initPlugin({ begun, released }: any) { begun(); await released; return v; }`;
    folder.write(plugin("a", code));
    await hasBegun;
    folder.write({ "shared.ts": "export const v = 2;" });
    // The burst has ended before the change under way has.
    await new Promise((resolve) => setTimeout(resolve, 150));
    release();
    await first;
    await nextReport(host);
    assert.equal(host.get("a"), 2);
  });

  test("follows a plugin directory whose parent, or a link on the way, is replaced", async () => {
    for (const isLink of [false, true]) {
      using folder = createFolder({
        ...plugin("one/plugins/a", tracingPlugin("one")),
        ...plugin("two/plugins/a", tracingPlugin("two")),
      });
      if (isLink) symlinkSync(folder.at("one"), folder.at("app"), "junction");
      else renameSync(folder.at("one"), folder.at("app"));
      const pluginDirectory = folder.at("app/plugins");
      await using host = await loadFrom(folder, { ...live, pluginDirectory, context: { log: [] } });
      await host.settled();
      let change = nextReport(host);
      if (isLink) rmSync(folder.at("app"));
      else renameSync(folder.at("app"), folder.at("before"));
      if (isLink) symlinkSync(folder.at("two"), folder.at("app"), "junction");
      else renameSync(folder.at("two"), folder.at("app"));
      await change;
      await host.settled();
      assert.deepEqual(host.get("a"), { label: "two" });
      change = nextReport(host);
      folder.write(plugin("app/plugins/a", tracingPlugin("three")));
      await change;
      assert.deepEqual(host.get("a"), { label: "three" });
    }
  });

  test("has one problem while the plugin directory is gone, and the plugins run on", async () => {
    using folder = createFolder({ ...plugin("p/a", tracingPlugin("a")), ...plugin("p/b", tracingPlugin("b")) });
    await using host = await loadFrom(folder, { ...live, pluginDirectory: folder.at("p"), context: { log: [] } });
    await host.settled();
    renameSync(folder.at("p"), folder.at("gone"));
    await host.settled();
    assert.deepEqual(
      host.report.problems.map(({ code }) => code),
      ["PLUGO_DIRECTORY_UNREADABLE"],
    );
    assert.deepEqual(phases(host), { a: "active", b: "active" });
    renameSync(folder.at("gone"), folder.at("p"));
    folder.write(plugin("p/a", tracingPlugin("a2")));
    await host.settled();
    assert.deepEqual(host.get("a"), { label: "a2" });
  });

  test("does not try a failed plugin again for a log that it writes", async () => {
    using folder = createFolder(
      plugin(
        "a",
        `import { appendFileSync } from "node:fs"; import { join } from "node:path";
        export function initPlugin({ log }: any, plugin: any) {
          log.push("init");
          appendFileSync(join(plugin.path, "error.log"), String(log.length));
          throw new Error("no");
        }`,
      ),
    );
    const log: string[] = [];
    await using host = await loadFrom(folder, { ...live, context: { log } });
    await host.settled();
    const { length } = log;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await host.settled();
    assert.equal(log.length, length);
  });

  test("logs what an asynchronous listener rejects with", async () => {
    const logger = keepLines();
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    await using host = await loadFrom(folder, { ...live, logger, context: { log: [] } });
    // oxlint-disable-next-line typescript/no-misused-promises -- what an author may well write
    host.on("change", async () => Promise.reject(new Error("listener")));
    await host.reload("a");
    await host.settled();
    assert.ok(
      logger.lines.some((line) => /^error a listener of "change" threw: .*listener/.test(line)),
      logger.lines.join(),
    );
  });

  test("is off with hotReload: false and with ENABLE_PLUGIN_HOT_RELOAD=off", async () => {
    for (const options of [{ hotReload: false }, { hotReload: undefined, env: { ENABLE_PLUGIN_HOT_RELOAD: "off" } }]) {
      const logger = keepLines();
      using folder = createFolder(plugin("a", tracingPlugin("one")));
      await using host = await loadFrom(folder, { ...options, logger, context: { log: [] } });
      folder.write(plugin("a", tracingPlugin("two")));
      await host.settled();
      assert.deepEqual(host.get("a"), { label: "one" });
      assert.ok(!logger.lines.some((line) => line.includes("watching")));
    }
  });
});
