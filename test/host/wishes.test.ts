import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import type { PLUGINS } from "@plugo/node";
import { codes, keepLines, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin, type TestFolder } from "../support/plugin-folder.ts";

const three = {
  ...plugin("a", tracingPlugin("a")),
  ...plugin("b", tracingPlugin("b"), { dependencies: ["a"] }),
  ...plugin("c", tracingPlugin("c")),
};

describe("host.disable and host.enable", () => {
  test("end a plugin with its dependents, and bring them back", async () => {
    const log: string[] = [];
    using folder = createFolder(three);
    await using host = await loadFrom(folder, { context: { log } });
    const report = await host.disable("a");
    assert.deepEqual(phases(host), { a: "disabled", b: "blocked", c: "active" });
    assert.deepEqual(log.slice(3), ["undo b", "undo a"]);
    assert.deepEqual(
      report.problems.map(({ code }) => code),
      ["PLUGO_DEPENDENCY_DISABLED"],
    );
    await host.enable("a");
    assert.deepEqual([...host.loaded], ["a", "b", "c"]);
    assert.deepEqual(log.slice(5), ["init a", "init b"]);
  });

  test("block an enabled plugin under a disabled dependency, and say which", async () => {
    using folder = createFolder(three);
    await using host = await loadFrom(folder, { context: { log: [] } });
    await host.disable("a");
    await host.disable("b");
    const report = await host.enable("b");
    assert.equal(phases(host)["b"], "blocked");
    assert.match(report.problems[0]?.message ?? "", /b.*a/);
  });

  test("pull in a dependency that the config does not mention", async () => {
    using folder = createFolder(three);
    using config = configFile([{ name: "c", enabled: true }]);
    await using host = await loadFrom(folder, { context: { log: [] }, configPath: config.at("plugins_config.json") });
    assert.deepEqual([...host.loaded], ["c"]);
    await host.enable("b");
    assert.deepEqual([...host.loaded].toSorted(), ["a", "b", "c"]);
    assert.equal(host.snapshot().plugins.find(({ name }) => name === "a")?.source, "dependency");
    assert.equal(host.snapshot().plugins.find(({ name }) => name === "b")?.source, "runtime");
  });

  test("reject for an unknown name, a closed host, and persist without a config", async () => {
    using folder = createFolder(three);
    const host = await loadFrom(folder, { context: { log: [] } });
    await assert.rejects(host.enable("nope"), { code: "PLUGO_UNKNOWN_PLUGIN" });
    await assert.rejects(host.disable("a", { persist: true }), { code: "PLUGO_CONFIG_ABSENT" });
    await host.close();
    await assert.rejects(host.enable("a"), { code: "PLUGO_CLOSED" });
    await assert.rejects(host.reload(), { code: "PLUGO_CLOSED" });
  });

  test("write the wish to the config with persist, keeping its formatting and mode", async () => {
    using folder = createFolder(three);
    const text = `{\n\t"plugins": [\n\t\t{ "name": "a", "enabled": true },\n\t\t{ "name": "c", "enabled": true }\n\t]\n}\n`;
    using config = createFolder({ "plugins_config.json": text });
    const file = config.at("plugins_config.json");
    chmodSync(file, 0o640);
    await using host = await loadFrom(folder, { context: { log: [] }, configPath: file });
    await host.disable("c", { persist: true });
    assert.equal(readFileSync(file, "utf8"), text.replace(`"c", "enabled": true`, `"c", "enabled": false`));
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.deepEqual([...host.loaded], ["a"]);
    // A later edit by hand counts: no run-time wish remains.
    config.write({ "plugins_config.json": text });
    await host.reload("a");
    assert.deepEqual([...host.loaded], ["a", "c"]);
  });

  test("find a plugin that was added just now", async () => {
    using folder = createFolder(three);
    using config = configFile([]);
    await using host = await loadFrom(folder, { context: { log: [] }, configPath: config.at("plugins_config.json") });
    folder.write(plugin("fresh", tracingPlugin("fresh")));
    await host.enable("fresh");
    assert.deepEqual([...host.loaded], ["fresh"]);
  });
});

describe("the config", () => {
  test("that becomes invalid leaves the running plugins as they are, and is reported once", async () => {
    using folder = createFolder(three);
    using config = configFile([{ name: "a", enabled: true }]);
    await using host = await loadFrom(folder, { context: { log: [] }, configPath: config.at("plugins_config.json") });
    config.write({ "plugins_config.json": "{ nope" });
    await host.reload("a");
    assert.deepEqual(codes(host), ["host: PLUGO_CONFIG_INVALID"]);
    assert.deepEqual([...host.loaded], ["a"]);
    await host.reload("a");
    assert.deepEqual(codes(host), []);
  });

  test("that changes as a value makes new generations of that plugin and its dependents only", async () => {
    const log: string[] = [];
    using folder = createFolder(three);
    const entries = (config: object): object[] => [
      { name: "a", enabled: true, config },
      { name: "b", enabled: true },
      { name: "c", enabled: true },
    ];
    using config = configFile(entries({ x: 1, y: [2] }));
    await using host = await loadFrom(folder, { context: { log }, configPath: config.at("plugins_config.json") });
    config.write({ "plugins_config.json": JSON.stringify({ plugins: entries({ y: [2], x: 1 }) }) });
    assert.deepEqual((await host.reload("c")).loaded, ["c"]);
    config.write({ "plugins_config.json": { plugins: entries({ x: 2, y: [2] }) } });
    assert.deepEqual((await host.reload("c")).loaded, ["a", "b", "c"]);
  });
});

describe("PLUGINS", () => {
  test("entries that are pushed later count at the next change", async () => {
    using folder = createFolder({
      ...plugin("a", tracingPlugin("a")),
      "modules/extra.mjs": `export class Extra {
        constructor({ log }, plugin) { log.push("construct " + plugin.name); this.name = plugin.name; }
        disposePlugin() { this.gone = true; }
      }`,
    });
    const log: string[] = [];
    const plugins: (typeof PLUGINS)[number][] = [];
    await using host = await loadFrom(folder, { context: { log }, plugins });
    plugins.push({
      pluginName: "extra",
      importClassDetails: { modulePath: folder.at("modules/extra.mjs"), moduleClassName: "Extra" },
      status: "active",
    });
    await host.reload("a");
    assert.deepEqual([...host.loaded], ["a", "extra"]);
    const extra = host.get<{ name: string; gone?: boolean }>("extra");
    assert.equal(extra.name, "extra");
    plugins[0] = { ...plugins[0]!, status: "inactive" };
    await host.reload("a");
    assert.deepEqual(phases(host), { a: "active", extra: "disabled" });
    assert.equal(extra.gone, true);
  });

  test("name functions, objects and modules, and a directory's plugin of that name comes first", async () => {
    using folder = createFolder({
      ...plugin("a", tracingPlugin("directory a")),
      "modules/all.mjs": `
        export function start({ log }) { log.push("function"); return 1; }
        export const object = { initPlugin({ log }) { log.push("object"); return this === object; } };
      `,
    });
    const log: string[] = [];
    const entry = (pluginName: string, moduleClassName: string): (typeof PLUGINS)[number] => ({
      pluginName,
      importClassDetails: { modulePath: folder.at("modules/all.mjs"), moduleClassName },
      status: "active",
    });
    await using host = await loadFrom(folder, {
      context: { log },
      plugins: [entry("f", "start"), entry("o", "object"), entry("a", "start"), entry("gone", "nothing")],
    });
    assert.deepEqual(log, ["init directory a", "function", "object"]);
    assert.equal(host.get("o"), true);
    assert.deepEqual(codes(host), ["gone: PLUGO_NO_INIT"]);
  });
});

describe("ENABLED_PLUGINS", () => {
  test("loads a package that the application can import, and names one that it cannot", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    const logger = keepLines();
    await using host = await loadFrom(folder, {
      context: { log: [] },
      env: { ENABLED_PLUGINS: "no-such-package-of-plugo" },
      logger,
    });
    assert.deepEqual(codes(host), ["no-such-package-of-plugo: PLUGO_UNKNOWN_PLUGIN"]);
    assert.deepEqual([...host.loaded], ["a"]);
  });
});

describe("a module that stands for a plugin", () => {
  test("is a package of the application, or a path, and is imported once", async () => {
    using folder = createFolder({
      "package.json": { type: "module" },
      "node_modules/greeter/package.json": { name: "greeter", version: "1.0.0", type: "module", exports: "./index.js" },
      "node_modules/greeter/index.js": `export const initPlugin = ({ log }, plugin) => { log.push("package " + plugin.name); };`,
      "lib/extra.js": `export function initPlugin({ log }, plugin) { log.push("path " + plugin.path); }`,
      "run.js": `import { loadPlugins } from ${JSON.stringify(import.meta.resolve("@plugo/node"))};
        const log = [];
        const logger = { debug() {}, info() {}, warn() {}, error() {} };
        const host = await loadPlugins({ context: { log }, logger, env: { ENABLED_PLUGINS: "greeter, ./lib/extra.js" } });
        await host.reload();
        console.log(JSON.stringify({ log, loaded: [...host.loaded], sources: host.snapshot().plugins.map((p) => p.source) }));
        await host.close();`,
    });
    const { stdout } = await promisify(execFile)(process.execPath, ["run.js"], { cwd: folder.path });
    assert.deepEqual(JSON.parse(stdout), {
      log: ["package greeter", "path ./lib/extra.js", "package greeter", "path ./lib/extra.js"],
      loaded: ["greeter", "./lib/extra.js"],
      sources: ["env", "env"],
    });
  });

  test("is evaluated anew when its file lies in a plugin directory, and says what is wrong with it", async () => {
    const code = (label: string): string => `import { word } from "./word.ts";
      export const start = ({ log }: { log: string[] }): void => void log.push(word + " ${label}");`;
    using folder = createFolder({
      "shared/start.ts": code("one"),
      "shared/word.ts": `export const word: string = "hello";`,
    });
    const log: string[] = [];
    const plugins: (typeof PLUGINS)[number][] = [
      {
        pluginName: "listed",
        importClassDetails: { modulePath: folder.at("shared/start.ts"), moduleClassName: "start" },
        status: "active",
      },
    ];
    await using host = await loadFrom(folder, { context: { log }, plugins });
    folder.write({ "shared/start.ts": code("two") });
    await host.reload("listed");
    assert.deepEqual(log, ["hello one", "hello two"]);
    folder.write({ "shared/start.ts": "export const start = ;" });
    await host.reload("listed");
    assert.deepEqual(codes(host), ["listed: PLUGO_SYNTAX"]);
    assert.deepEqual([...host.loaded], ["listed"]);
  });
});

function configFile(plugins: readonly object[]): TestFolder {
  return createFolder({ "plugins_config.json": { plugins } });
}
