import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codes, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

describe("host.reload", () => {
  test("puts the new generation in service before the old one ends", async () => {
    const log: string[] = [];
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    await using host = await loadFrom(folder, { context: { log } });
    folder.write(plugin("a", tracingPlugin("a2")));
    const report = await host.reload("a");
    assert.deepEqual(log, ["init a1", "init a2", "undo a1"]);
    assert.deepEqual(report.loaded, ["a"]);
    assert.deepEqual(report.changed, ["a"]);
    assert.equal(report.trigger, "runtime");
    assert.deepEqual(host.get("a"), { label: "a2" });
    assert.equal(host.snapshot().plugins[0]?.generation, 2);
  });

  test("reaches the plugin and its transitive dependents, and nothing else", async () => {
    const log: string[] = [];
    using folder = createFolder({
      ...plugin("base", tracingPlugin("base")),
      ...plugin("middle", tracingPlugin("middle"), { dependencies: ["base"] }),
      ...plugin("top", tracingPlugin("top"), { dependencies: ["middle"] }),
      ...plugin("other", tracingPlugin("other")),
    });
    await using host = await loadFrom(folder, { context: { log } });
    log.length = 0;
    const report = await host.reload("middle");
    assert.deepEqual(report.loaded, ["middle", "top"]);
    assert.deepEqual(log, ["init middle", "init top", "undo top", "undo middle"]);
  });

  test("without names reloads everything, in plan order", async () => {
    using folder = createFolder({ ...plugin("b", tracingPlugin("b")), ...plugin("a", tracingPlugin("a")) });
    await using host = await loadFrom(folder, { context: { log: [] } });
    assert.deepEqual((await host.reload()).loaded, ["a", "b"]);
  });

  for (const [fault, code, expected] of [
    ["a syntax error", "export function initPlugin( {", "PLUGO_SYNTAX"],
    ["an import that is not there", `import "./gone.ts"; export function initPlugin() {}`, "PLUGO_IMPORT_NOT_FOUND"],
    ["a module that throws", `throw new Error("top"); export function initPlugin() {}`, "PLUGO_EVALUATION"],
    ["no initPlugin", `export const x = 1;`, "PLUGO_NO_INIT"],
    ["an initPlugin that throws", `export function initPlugin() { throw new Error("no"); }`, "PLUGO_INIT_FAILED"],
    [
      "an initPlugin that rejects",
      `export async function initPlugin() { throw new Error("no"); }`,
      "PLUGO_INIT_FAILED",
    ],
    [
      "an initPlugin that hangs",
      `export function initPlugin() { return new Promise(() => {}); }`,
      "PLUGO_INIT_TIMEOUT",
    ],
    [
      "a top-level await that hangs",
      `await new Promise(() => {}); export function initPlugin() {}`,
      "PLUGO_LOAD_TIMEOUT",
    ],
    [
      "a beforeSwap that throws",
      `export function initPlugin(_: object, plugin: any) { plugin.beforeSwap(() => { throw new Error("no"); }); }`,
      "PLUGO_BEFORE_SWAP_FAILED",
    ],
  ] as const) {
    test(`with ${fault} keeps the old generation, which has not been touched`, async () => {
      const log: string[] = [];
      using folder = createFolder({ ...plugin("a", tracingPlugin("a1")), ...plugin("b", tracingPlugin("b")) });
      await using host = await loadFrom(folder, { context: { log }, initTimeoutMs: 50 });
      folder.write(plugin("a", code));
      const report = await host.reload("a");
      assert.deepEqual(codes(host), [`a: ${expected}`]);
      assert.deepEqual(report.loaded, []);
      assert.deepEqual(log, ["init a1", "init b"]);
      assert.deepEqual(host.get("a"), { label: "a1" });
      const [a] = host.snapshot().plugins;
      assert.equal(a?.phase, "active");
      assert.equal(a?.generation, 1);
      assert.equal(a?.problem?.code, expected);

      folder.write(plugin("a", tracingPlugin("a3")));
      await host.reload("a");
      assert.deepEqual(host.get("a"), { label: "a3" });
      assert.equal(host.snapshot().plugins[0]?.problem, null);
    });
  }

  test("undoes what a failing initPlugin had started, and says that it worked before", async () => {
    const log: string[] = [];
    using folder = createFolder(plugin("a", tracingPlugin("a1")));
    await using host = await loadFrom(folder, { context: { log } });
    folder.write(
      plugin(
        "a",
        `export function initPlugin({ log }: { log: string[] }, plugin: any) {
          plugin.defer(() => log.push("undo a2"));
          throw new Error("the port is taken");
        }`,
      ),
    );
    const { problems } = await host.reload("a");
    assert.deepEqual(log, ["init a1", "undo a2"]);
    assert.match(problems[0]?.message ?? "", /the port is taken/);
    assert.match(problems[0]?.remedy ?? "", /^Correct what the stack points at\. .*"reload": "restart"/);
  });

  test("keeps the old generation when the new one requires a plugin that has failed before", async () => {
    using folder = createFolder({
      ...plugin("a", tracingPlugin("a1")),
      ...plugin("broken", `export function initPlugin() { throw new Error("no"); }`),
    });
    await using host = await loadFrom(folder, { context: { log: [] } });
    folder.write(plugin("a", tracingPlugin("a2"), { dependencies: ["broken"] }));
    const report = await host.reload("a");
    assert.deepEqual(codes(host), ["a: PLUGO_DEPENDENCY_FAILED"]);
    assert.deepEqual(report.loaded, []);
    assert.deepEqual(host.get("a"), { label: "a1" });
  });

  test("throws away the dependency's new generation when a running dependent fails with it", async () => {
    const log: string[] = [];
    using folder = createFolder({
      ...plugin("base", tracingPlugin("base1")),
      ...plugin("good", tracingPlugin("good"), { dependencies: ["base"] }),
      ...plugin(
        "picky",
        `export function initPlugin({ log }: any, plugin: any) {
          if (plugin.dependency("base").label === "base2") throw new Error("base2 does not suit me");
          log.push("init picky");
        }`,
        { dependencies: ["base"] },
      ),
      ...plugin("other", tracingPlugin("other1")),
    });
    await using host = await loadFrom(folder, { context: { log } });
    folder.write({ ...plugin("base", tracingPlugin("base2")), ...plugin("other", tracingPlugin("other2")) });
    log.length = 0;
    const report = await host.reload("base", "other");
    assert.deepEqual(report.loaded, ["other"]);
    assert.deepEqual(codes(host).toSorted(), [
      "base: PLUGO_NOT_SWAPPED",
      "good: PLUGO_NOT_SWAPPED",
      "picky: PLUGO_INIT_FAILED",
    ]);
    assert.deepEqual(host.get("base"), { label: "base1" });
    assert.deepEqual(host.get("other"), { label: "other2" });
    assert.equal(
      log.filter((line) => line === "init base2").length,
      log.filter((line) => line === "undo base2").length,
    );

    // Mending the neighbour brings the waiting change with it.
    folder.write(plugin("picky", tracingPlugin("picky2"), { dependencies: ["base"] }));
    const mended = await host.reload("picky");
    assert.deepEqual(mended.loaded, ["base", "good", "picky"]);
    assert.deepEqual(host.get("base"), { label: "base2" });
    assert.ok(host.snapshot().plugins.every(({ problem }) => problem === null));
  });

  test("does not swap in a dependency whose new version no running dependent accepts", async () => {
    using folder = createFolder({
      ...plugin("base", tracingPlugin("base1"), { version: "1.0.0" }),
      ...plugin("user", tracingPlugin("user"), { dependencies: ["base@^1.0.0"] }),
    });
    await using host = await loadFrom(folder, { context: { log: [] } });
    folder.write(plugin("base", tracingPlugin("base2"), { version: "2.0.0" }));
    const report = await host.reload("base");
    assert.deepEqual(report.loaded, []);
    assert.deepEqual(codes(host).toSorted(), ["base: PLUGO_NOT_SWAPPED", "user: PLUGO_DEPENDENCY_VERSION"]);
    assert.deepEqual(host.get("base"), { label: "base1" });
    assert.deepEqual(phases(host), { base: "active", user: "active" });
  });

  test("with content put back clears the problem without a reload", async () => {
    const log: string[] = [];
    using folder = createFolder({ ...plugin("a", tracingPlugin("a1")), ...plugin("b", tracingPlugin("b")) });
    await using host = await loadFrom(folder, { context: { log } });
    folder.write(plugin("a", "export function ("));
    await host.reload("a");
    assert.equal(host.snapshot().plugins[0]?.problem?.code, "PLUGO_SYNTAX");
    folder.write(plugin("a", tracingPlugin("a1")));
    await host.reload("b");
    assert.equal(host.snapshot().plugins[0]?.problem, null);
    assert.equal(host.snapshot().plugins[0]?.generation, 1);
  });

  test("reports a problem once, not again with every later change", async () => {
    using folder = createFolder({
      ...plugin("a", "export function ("),
      ...plugin("b", tracingPlugin("b")),
    });
    await using host = await loadFrom(folder, { context: { log: [] } });
    assert.deepEqual(codes(host), ["a: PLUGO_SYNTAX"]);
    assert.deepEqual((await host.reload("b")).problems, []);
    assert.equal(host.snapshot().plugins[0]?.problem?.code, "PLUGO_SYNTAX");
  });

  test("does not try a failed plugin again because of a change elsewhere", async () => {
    using folder = createFolder({
      ...plugin("a", `export function initPlugin({ log }: any) { log.push("try a"); throw new Error("no"); }`),
      ...plugin("b", tracingPlugin("b")),
    });
    const log: string[] = [];
    await using host = await loadFrom(folder, { context: { log } });
    await host.reload("b");
    assert.equal(log.filter((line) => line === "try a").length, 1);
    await host.reload("a");
    assert.equal(log.filter((line) => line === "try a").length, 2);
  });

  test("starts blocked dependents when what they need is mended", async () => {
    using folder = createFolder({
      ...plugin("a", "export function ("),
      ...plugin("b", tracingPlugin("b"), { dependencies: ["a"] }),
      ...plugin("c", tracingPlugin("c"), { dependencies: ["b"] }),
    });
    await using host = await loadFrom(folder, { context: { log: [] } });
    assert.deepEqual(phases(host), { a: "failed", b: "blocked", c: "blocked" });
    folder.write(plugin("a", tracingPlugin("a")));
    const report = await host.reload("a");
    assert.deepEqual(report.loaded, ["a", "b", "c"]);
    assert.deepEqual(report.problems, []);
  });

  test("reloads the dependents of an optional dependency that comes or goes", async () => {
    using folder = createFolder({
      ...plugin("user", `export const initPlugin = (_: object, p: any) => p.dependency("extra")?.label ?? "none";`, {
        optional_dependencies: ["extra"],
      }),
      ...plugin("other", tracingPlugin("other")),
    });
    await using host = await loadFrom(folder, { context: { log: [] } });
    assert.equal(host.get("user"), "none");
    folder.write(plugin("extra", tracingPlugin("extra")));
    const report = await host.reload("extra");
    assert.deepEqual(report.loaded, ["extra", "user"]);
    assert.equal(host.get("user"), "extra");
    folder.remove("extra");
    await host.reload("user");
    assert.equal(host.get("user"), "none");
    assert.deepEqual([...host.loaded], ["other", "user"]);
  });

  test("starts a new plugin against the old generation when its dependency's change is thrown away", async () => {
    using folder = createFolder({
      ...plugin("base", tracingPlugin("base1")),
      ...plugin("picky", tracingPlugin("picky"), { dependencies: ["base"] }),
    });
    await using host = await loadFrom(folder, { context: { log: [] } });
    folder.write({
      ...plugin("base", tracingPlugin("base2")),
      ...plugin("picky", "export function (", { dependencies: ["base"] }),
      ...plugin("fresh", `export const initPlugin = (_: object, p: any) => p.dependency("base").label;`, {
        dependencies: ["base"],
      }),
    });
    const report = await host.reload();
    assert.deepEqual(report.loaded, ["fresh"]);
    assert.equal(host.get("fresh"), "base1");
    assert.equal(phases(host)["fresh"], "active");
  });

  test("disposes a deleted plugin and what stands on it, and blocks what stood on it", async () => {
    const log: string[] = [];
    using folder = createFolder({
      ...plugin("a", tracingPlugin("a")),
      ...plugin("b", tracingPlugin("b"), { dependencies: ["a"] }),
      ...plugin("c", tracingPlugin("c")),
    });
    await using host = await loadFrom(folder, { context: { log } });
    folder.remove("a");
    const report = await host.reload("c");
    assert.deepEqual(log.slice(3).toSorted(), ["init c", "undo a", "undo b", "undo c"]);
    assert.deepEqual([...host.loaded], ["c"]);
    assert.deepEqual(phases(host), { b: "blocked", c: "active" });
    assert.deepEqual(
      report.problems.map((problem) => `${problem.plugin}: ${problem.code}`),
      ["b: PLUGO_DEPENDENCY_MISSING"],
    );
    assert.ok(log.indexOf("undo b") < log.indexOf("undo a"), "dependents end first");
  });

  test("keeps a running plugin whose metadata becomes invalid or names what is missing", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    await using host = await loadFrom(folder, { context: { log: [] } });
    folder.write({ "a/metadata.json": "{ nonsense" });
    await host.reload("a");
    assert.deepEqual(phases(host), { a: "active" });
    assert.equal(host.snapshot().plugins[0]?.problem?.code, "PLUGO_MANIFEST_INVALID");
    folder.write({ "a/metadata.json": { dependencies: ["gone"] } });
    await host.reload("a");
    assert.deepEqual(phases(host), { a: "active" });
    assert.equal(host.snapshot().plugins[0]?.problem?.code, "PLUGO_DEPENDENCY_MISSING");
    folder.write({ "a/metadata.json": {} });
    await host.reload();
    assert.equal(host.snapshot().plugins[0]?.problem, null);
  });

  test("rejects for a name that nothing provides, and names the nearest", async () => {
    using folder = createFolder(plugin("sample", tracingPlugin("s")));
    await using host = await loadFrom(folder, { context: { log: [] } });
    await assert.rejects(host.reload("smaple"), { code: "PLUGO_UNKNOWN_PLUGIN", message: /Did you mean "sample"/ });
  });

  test("serialises changes that are asked for at once", async () => {
    const log: string[] = [];
    using folder = createFolder(
      plugin(
        "a",
        `export async function initPlugin({ log }: any) {
          log.push("begin");
          await new Promise((resolve) => setImmediate(resolve));
          log.push("end");
        }`,
      ),
    );
    await using host = await loadFrom(folder, { context: { log } });
    await Promise.all([host.reload(), host.reload("a"), host.reload()]);
    assert.deepEqual(log, ["begin", "end", "begin", "end", "begin", "end", "begin", "end"]);
  });
});
