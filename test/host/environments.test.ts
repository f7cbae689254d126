import assert from "node:assert/strict";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { loadPlugins, type LoadPluginsOptions, type PluginHost } from "@plugo/node";
import { codes, keepLines, phases, type KeptLines } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { createFolder, type Files, type TestFolder } from "../support/plugin-folder.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

/** A plugin that returns the version of the package `dep` that it gets. */
function user(name: string, range: string, fields: object = {}): Files {
  return {
    [`plugins/${name}/metadata.json`]: {},
    [`plugins/${name}/package.json`]: { dependencies: { dep: range }, ...fields },
    [`plugins/${name}/plugin.ts`]: `
      import dep from "dep";
      export const initPlugin = () => ({ version: dep.version, late: async () => (await import("dep")).default.version });`,
  };
}

interface Api {
  readonly version: string;
  readonly late: () => Promise<string>;
}

describe("loadPlugins with environments", () => {
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry();
    for (const version of ["1.0.0", "1.1.0", "2.0.0"]) registry.publish("dep", version);
  });
  after(() => registry[Symbol.asyncDispose]());

  function load(folder: TestFolder, logger: KeptLines, options: LoadPluginsOptions = {}): Promise<PluginHost> {
    return loadPlugins({
      pluginDirectory: folder.at("plugins"),
      environments: { home: folder.at(".plugo/venvs") },
      env: registry.env(),
      plugins: [],
      hotReload: false,
      logger,
      ...options,
    });
  }

  test("gives two plugins two versions of one package, and runs no process the next time", async () => {
    using folder = createFolder({
      ...user("old", "^1.0.0"),
      ...user("new", "^2.0.0"),
      "plugins/none/metadata.json": {},
      "plugins/none/plugin.ts": "export const initPlugin = () => {};",
    });
    const logger = keepLines();
    {
      await using host = await load(folder, logger);
      assert.equal(host.get<Api>("old").version, "1.1.0");
      assert.equal(host.get<Api>("new").version, "2.0.0");
      assert.equal(await host.get<Api>("old").late(), "1.1.0");
      const timings = new Map(host.snapshot().plugins.map((plugin) => [plugin.name, plugin.timings.provisionMs]));
      assert.ok(timings.get("old")! > 0 && timings.get("new")! > 0);
      assert.equal(timings.get("none"), 0);
      assert.match(
        readlinkSync(folder.at("plugins/old/node_modules")),
        /\.plugo.venvs.old-0\.0\.0-[\da-f]{12}.node_modules$/,
      );
      assert.equal(existsSync(folder.at("plugins/none/node_modules")), false);
    }
    assert.match(
      logger.lines.join("\n"),
      /info installing 1 package for "old" with npm\n.*info installed the packages of "old"/s,
    );
    const asked = registry.requests.length;
    const again = keepLines();
    await using host = await load(folder, again);
    assert.deepEqual([host.get<Api>("old").version, host.get<Api>("new").version], ["1.1.0", "2.0.0"]);
    assert.equal(registry.requests.length, asked);
    assert.doesNotMatch(again.lines.join("\n"), /install/);
  });

  test("fails a plugin whose packages cannot be installed, and those that need it; the others run", async () => {
    using folder = createFolder({
      ...user("broken", "^9.0.0"),
      ...user("well", "^1.0.0"),
      "plugins/needs/metadata.json": { dependencies: ["broken"] },
      "plugins/needs/plugin.ts": "export const initPlugin = () => {};",
    });
    const logger = keepLines();
    await using host = await load(folder, logger);
    assert.deepEqual(phases(host), { broken: "failed", needs: "blocked", well: "active" });
    assert.deepEqual(codes(host), ["broken: PLUGO_INSTALL_FAILED", "needs: PLUGO_DEPENDENCY_FAILED"]);
    assert.match(host.report.problems[0]!.message, /ETARGET/);
    folder.write({ "plugins/broken/package.json": { dependencies: { dep: "^2.0.0" } } });
    const report = await host.reload();
    assert.deepEqual(report.problems, []);
    assert.equal(host.get<Api>("broken").version, "2.0.0");
  });

  test("a plugin that is deleted while its packages are installed is one clear problem", async () => {
    using folder = createFolder({ ...user("gone", "^1.0.0"), ...user("well", "^2.0.0") });
    const logger = keepLines();
    registry.publish("slow", "1.0.0");
    folder.write({ "plugins/gone/package.json": { dependencies: { dep: "1", slow: "1" } } });
    const isAsked = registry.nextRequest("slow", "packument");
    const loading = load(folder, logger);
    await isAsked;
    folder.remove("plugins/gone");
    await using host = await loading;
    assert.deepEqual(codes(host), ["gone: PLUGO_ENTRY_MISSING"]);
    assert.deepEqual(phases(host), { gone: "failed", well: "active" });
    assert.doesNotMatch(logger.lines.join("\n"), /LINK_UNWRITABLE/);
  });

  test("brings in a change of dependencies while the old generation goes on with its own", async () => {
    using folder = createFolder(user("one", "1.0.0"));
    const logger = keepLines();
    await using host = await load(folder, logger, { hotReload: true });
    const old = host.get<Api>("one");
    assert.equal(old.version, "1.0.0");
    folder.write({ "plugins/one/package.json": { dependencies: { dep: "2.0.0" } } });
    const report = await nextReport(host);
    assert.deepEqual([report.loaded, report.problems], [["one"], []]);
    assert.equal(host.get<Api>("one").version, "2.0.0");
    assert.equal(await old.late(), "1.0.0");
    assert.equal(await host.get<Api>("one").late(), "2.0.0");
    assert.match(
      JSON.parse(readFileSync(folder.at("plugins/one/node_modules/dep/package.json"), "utf8")).version as string,
      /2\.0\.0/,
    );
  });

  test("keeps the old generation, and its link, when the new packages cannot be installed or the new code fails", async () => {
    using folder = createFolder(user("one", "1.0.0"));
    await using host = await load(folder, keepLines());
    const link = readlinkSync(folder.at("plugins/one/node_modules"));
    folder.write({ "plugins/one/package.json": { dependencies: { dep: "7.0.0" } } });
    assert.deepEqual(
      (await host.reload("one")).problems.map(({ code }) => code),
      ["PLUGO_INSTALL_FAILED"],
    );
    assert.equal(host.get<Api>("one").version, "1.0.0");
    assert.equal(readlinkSync(folder.at("plugins/one/node_modules")), link);
    folder.write({
      "plugins/one/package.json": { dependencies: { dep: "2.0.0" } },
      "plugins/one/plugin.ts": 'throw new Error("no");',
    });
    assert.deepEqual(
      (await host.reload("one")).problems.map(({ code }) => code),
      ["PLUGO_EVALUATION"],
    );
    assert.equal(await host.get<Api>("one").late(), "1.0.0");
    assert.equal(readlinkSync(folder.at("plugins/one/node_modules")), link);
  });

  test("a plugin whose dependencies are taken away loses its environment", async () => {
    using folder = createFolder(user("one", "1.0.0"));
    await using host = await load(folder, keepLines(), { hotReload: true });
    folder.write({
      "plugins/one/package.json": {},
      "plugins/one/plugin.ts": "export const initPlugin = () => ({ version: 'none' });",
    });
    await host.settled();
    assert.equal(host.get<Api>("one").version, "none");
    assert.equal(existsSync(folder.at("plugins/one/node_modules")), false);
  });
});

describe("loadPlugins with environments and hot reload", () => {
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry();
    for (const version of ["1.0.0", "2.0.0"]) registry.publish("dep", version);
    registry.publish("slow", "1.0.0");
  });
  after(() => registry[Symbol.asyncDispose]());

  function load(folder: TestFolder, logger: KeptLines): Promise<PluginHost> {
    const environments = { home: folder.at(".plugo/venvs") };
    return loadPlugins({
      pluginDirectory: folder.at("plugins"),
      environments,
      env: registry.env(),
      plugins: [],
      logger,
    });
  }

  const version = (text: string): Files => ({
    "plugins/other/metadata.json": {},
    "plugins/other/plugin.ts": `export const initPlugin = () => "${text}";`,
  });

  test("a save does not wait for the packages of another plugin", async () => {
    using folder = createFolder({ ...user("one", "1.0.0"), ...version("first") });
    await using host = await load(folder, keepLines());
    registry.setFault("slow", "packument", { stalls: "headers" });
    const isAsked = registry.nextRequest("slow", "packument");
    folder.write({ "plugins/one/package.json": { dependencies: { dep: "2.0.0", slow: "1.0.0" } } });
    folder.write({
      "plugins/fresh/metadata.json": {},
      "plugins/fresh/package.json": { dependencies: { slow: "1.0.0" } },
      "plugins/fresh/plugin.ts": "export const initPlugin = () => {};",
    });
    await isAsked;
    const reported = nextReport(host, ({ loaded }) => loaded.includes("other"));
    folder.write(version("second"));
    assert.deepEqual((await reported).loaded, ["other"]);
    assert.equal(host.get("other"), "second");
    assert.deepEqual(phases(host), { fresh: "provisioning", one: "active", other: "active" });
    assert.equal(host.get<Api>("one").version, "1.0.0", "it goes on with what it has");
    // The old request is answered never: the packages change again, and are asked for anew.
    registry.setFault("slow", "packument", undefined);
    folder.write({
      "plugins/one/package.json": { dependencies: { dep: "2.0.0" } },
      "plugins/fresh/package.json": {},
    });
    await host.close();
    assert.deepEqual(phases(host), { fresh: "disabled", one: "disabled", other: "disabled" });
  });

  test("what was held back follows when its packages are there, with what needs it, and settled() waits for it", async () => {
    using folder = createFolder({
      ...user("one", "1.0.0"),
      "plugins/needs/metadata.json": { dependencies: ["one"] },
      "plugins/needs/plugin.ts":
        "export const initPlugin = (_context: object, plugin: any) => plugin.dependency('one').version;",
    });
    const logger = keepLines();
    await using host = await load(folder, logger);
    assert.equal(host.get("needs"), "1.0.0");
    folder.write(user("one", "2.0.0"));
    await host.settled();
    assert.deepEqual([host.get<Api>("one").version, host.get("needs")], ["2.0.0", "2.0.0"]);
    const { timings } = host.snapshot().plugins.find(({ name }) => name === "one")!;
    assert.ok(timings.provisionMs > 0);
    folder.write(user("one", "9.0.0"));
    await host.settled();
    assert.equal(host.get<Api>("one").version, "2.0.0");
    assert.match(host.snapshot().plugins.find(({ name }) => name === "one")!.problem!.message, /ETARGET/);
    const lines = logger.lines.length;
    await host.settled();
    assert.doesNotMatch(logger.lines.slice(lines).join("\n"), /install/, "nothing has changed");
    folder.write(user("one", "1.0.0"));
    await host.settled();
    assert.deepEqual([host.get<Api>("one").version, host.get("needs")], ["1.0.0", "1.0.0"]);
    assert.deepEqual(phases(host), { needs: "active", one: "active" });
  });

  test("what stands on each other waits together, and nothing is loaded without its packages", async () => {
    using folder = createFolder({
      ...version("first"),
      ...user("one", "1.0.0"),
      "plugins/one/metadata.json": { dependencies: ["other"] },
    });
    await using host = await load(folder, keepLines());
    const old = host.snapshot().plugins.map(({ generation }) => generation);
    registry.setFault("slow", "packument", { stalls: "headers" });
    const isAsked = registry.nextRequest("slow", "packument");
    folder.write({ "plugins/one/package.json": { dependencies: { dep: "2.0.0", slow: "1.0.0" } } });
    await isAsked;
    const reported = nextReport(host, ({ loaded }) => loaded.includes("fresh"));
    folder.write({
      ...version("second"),
      "plugins/fresh/metadata.json": {},
      "plugins/fresh/plugin.ts": "export const initPlugin = () => {};",
      "plugins/late/metadata.json": { dependencies: ["one"] },
      "plugins/late/plugin.ts":
        "export const initPlugin = (_: object, plugin: any) => plugin.dependency('one').version;",
    });
    assert.deepEqual((await reported).loaded, ["fresh"]);
    assert.equal(host.get("other"), "first", "the one that stands on it could not follow");
    assert.deepEqual(phases(host), { fresh: "active", late: "provisioning", one: "active", other: "active" });
    registry.setFault("slow", "packument", undefined);
    folder.write({ "plugins/one/package.json": { dependencies: { dep: "2.0.0" } } });
    registry.releaseStalled();
    await host.settled();
    assert.deepEqual([host.get("other"), host.get<Api>("one").version, host.get("late")], ["second", "2.0.0", "2.0.0"]);
    const current = host.snapshot().plugins.filter(({ name }) => name === "one" || name === "other");
    assert.deepEqual(
      current.map(({ generation }) => generation),
      old.map((generation) => generation + 1),
    );
    assert.deepEqual(host.report.problems, []);
  });

  test("what an installation comes to says nothing of a plugin that came back with other dependencies", async () => {
    using folder = createFolder({ ...user("one", "1.0.0"), ...version("first") });
    await using host = await load(folder, keepLines());
    const isAsked = registry.nextRequest("absent", "packument");
    folder.write({ "plugins/one/package.json": { dependencies: { absent: "1.0.0" } } });
    await isAsked;
    folder.remove("plugins/one");
    await nextReport(host, () => !host.loaded.has("one"));
    await host.settled();
    folder.write(user("one", "2.0.0"));
    await host.settled();
    assert.equal(host.get<Api>("one").version, "2.0.0");
    assert.deepEqual(host.report.problems, []);
  });

  test("a plugin starts beside the one that it needs and that cannot get its new packages", async () => {
    using folder = createFolder(user("one", "1.0.0"));
    await using host = await load(folder, keepLines());
    folder.write({
      "plugins/one/package.json": { dependencies: { dep: "9.0.0" } },
      "plugins/late/metadata.json": { dependencies: ["one"] },
      "plugins/late/plugin.ts":
        "export const initPlugin = (_: object, plugin: any) => plugin.dependency('one').version;",
    });
    await host.settled();
    assert.equal(host.get("late"), "1.0.0");
    assert.deepEqual(codes(host), ["one: PLUGO_INSTALL_FAILED"]);
  });
});
