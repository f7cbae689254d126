import assert from "node:assert/strict";
import { renameSync, symlinkSync, unlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { loadFrom } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { createFolder, plugin, tracingPlugin, type TestFolder } from "../support/plugin-folder.ts";

const live = { hotReload: true } as const;
const config = (number: number): object => ({ plugins: [{ name: "a", enabled: true, config: { number } }] });
const configured = plugin(
  "plugins/a",
  `export function initPlugin(_: object, { config }: any) { return config.number; }`,
);

/** Turns a link, or puts one in the place of a file, in one step. */
function turn(folder: TestFolder, link: string, target: string): void {
  symlinkSync(target, folder.at("turned"));
  renameSync(folder.at("turned"), folder.at(link));
}

describe("a config that is a link", () => {
  test("is followed through each link on the way", async () => {
    using folder = createFolder({ ...configured, "rel/v1/c.json": config(1), "rel/v2/c.json": config(2) });
    symlinkSync("v1", folder.at("rel/current"), "dir");
    symlinkSync("rel/current/c.json", folder.at("conf.json"));
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("conf.json") };
    await using host = await loadFrom(folder, { ...live, ...options });
    await host.settled();
    const steps: [number, () => void][] = [
      [2, () => turn(folder, "rel/current", "v2")],
      [3, () => folder.write({ "rel/v2/c.json": config(3) })],
      [1, () => turn(folder, "rel/current", "v1")],
      [4, () => folder.write({ "rel/v1/c.json": config(4) })],
    ];
    for (const [number, step] of steps) {
      const change = nextReport(host);
      step();
      const { trigger, changed } = await change;
      assert.equal(trigger, "config");
      assert.ok(
        changed.some((path) => path.endsWith("conf.json") || path.endsWith("c.json")),
        changed.join(),
      );
      assert.equal(host.get("a"), number);
    }
  });

  test("is followed when its target is deleted and made again", async () => {
    using folder = createFolder({ ...configured, "v1/c.json": config(1) });
    symlinkSync("v1/c.json", folder.at("conf.json"));
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("conf.json") };
    await using host = await loadFrom(folder, { ...live, ...options });
    await host.settled();
    for (const [number, gone] of [
      [2, "v1/c.json"],
      [3, "v1"],
    ] as const) {
      let change = nextReport(host);
      folder.remove(gone);
      assert.deepEqual(
        (await change).problems.map(({ code }) => code),
        ["PLUGO_CONFIG_UNREADABLE"],
      );
      assert.equal(host.get("a"), number - 1);
      change = nextReport(host, () => host.get("a") === number);
      folder.write({ "v1/c.json": config(number) });
      await change;
    }
  });

  test("is followed when it was a file before, and becomes one again", async () => {
    using folder = createFolder({ ...configured, "conf.json": config(1), "elsewhere/c.json": config(2) });
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("conf.json") };
    await using host = await loadFrom(folder, { ...live, ...options });
    await host.settled();
    const steps: [number, () => void][] = [
      [2, () => turn(folder, "conf.json", "elsewhere/c.json")],
      [3, () => folder.write({ "elsewhere/c.json": config(3) })],
      [
        4,
        () => {
          unlinkSync(folder.at("conf.json"));
          folder.write({ "conf.json": config(4) });
        },
      ],
      [5, () => folder.write({ "conf.json": config(5) })],
    ];
    for (const [number, step] of steps) {
      const change = nextReport(host, () => host.get("a") === number);
      step();
      await change;
    }
  });

  test("is read again when a link was turned between the reading and the first watch", async () => {
    using folder = createFolder({ ...configured, "v1/c.json": config(1), "v2/c.json": config(2) });
    symlinkSync("v1", folder.at("current"), "dir");
    symlinkSync("current/c.json", folder.at("conf.json"));
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("conf.json") };
    await using host = await loadFrom(folder, { ...live, ...options });
    const change = nextReport(host);
    turn(folder, "current", "v2");
    await change;
    assert.equal(host.get("a"), 2);
  });
});

describe("a plugin directory that is reached through links", () => {
  test("is followed through each of them", async () => {
    using folder = createFolder({
      ...plugin("rel/v1/a", tracingPlugin("one")),
      ...plugin("rel/v2/a", tracingPlugin("two")),
    });
    symlinkSync("v1", folder.at("rel/current"), "dir");
    symlinkSync("rel/current", folder.at("plugins"), "dir");
    await using host = await loadFrom(folder, { ...live, pluginDirectory: folder.at("plugins"), context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    turn(folder, "rel/current", "v2");
    await change;
    assert.deepEqual(host.get("a"), { label: "two" });
    await host.settled();
    change = nextReport(host);
    folder.write(plugin("rel/v2/a", tracingPlugin("three")));
    await change;
    assert.deepEqual(host.get("a"), { label: "three" });
  });
});

describe("what a plugin has watched", () => {
  test("is followed through linked folders and files, once where they lead back", async () => {
    const code = `import { readFileSync } from "node:fs"; import { join } from "node:path";
      export function initPlugin(_: object, plugin: any) {
        return ["views/x.html", "one.html"].map((path) => readFileSync(join(plugin.path, path), "utf8")).join();
      }`;
    using elsewhere = createFolder({ "theme/x.html": "x1", "theme/deep/y.html": "y", "one.html": "o1" });
    using folder = createFolder(plugin("a", code, { watch: ["views/**", "*.html"] }));
    symlinkSync(elsewhere.at("theme"), folder.at("a/views"), "dir");
    symlinkSync(elsewhere.at("one.html"), folder.at("a/one.html"));
    symlinkSync(elsewhere.at("theme"), elsewhere.at("theme/deep/again"), "dir");
    await using host = await loadFrom(folder, live);
    await host.settled();
    assert.equal(host.get("a"), "x1,o1");
    for (const [path, text, served] of [
      ["theme/x.html", "x2", "x2,o1"],
      ["one.html", "o2", "x2,o2"],
      ["theme/x.html", "x3", "x3,o2"],
    ] as const) {
      const change = nextReport(host);
      elsewhere.write({ [path]: text });
      assert.deepEqual((await change).loaded, ["a"]);
      assert.equal(host.get("a"), served);
    }
    let change = nextReport(host);
    unlinkSync(folder.at("a/views"));
    folder.write({ "a/views/x.html": "own" });
    await change;
    assert.equal(host.get("a"), "own,o2");
    change = nextReport(host);
    folder.write({ "a/views/x.html": "own2" });
    await change;
    assert.equal(host.get("a"), "own2,o2");
  });
});

describe("a plugin with the name of a temporary file", () => {
  test("is followed, while files of such names are passed over", async () => {
    const log: string[] = [];
    using folder = createFolder({
      ...plugin("a.bak", `export { initPlugin } from "./src.tmp/code.ts";`),
      "a.bak/src.tmp/code.ts": tracingPlugin("one"),
    });
    await using host = await loadFrom(folder, { ...live, context: { log } });
    await host.settled();
    let change = nextReport(host);
    folder.write({ "a.bak/plugin.ts.bak": "x", "a.bak/src.tmp/code.ts": tracingPlugin("two") });
    const { changed } = await change;
    assert.deepEqual(host.get("a.bak"), { label: "two" });
    assert.ok(!changed.some((path) => path.endsWith("plugin.ts.bak")), changed.join());
    change = nextReport(host);
    folder.write(plugin("b.tmp", tracingPlugin("b")));
    await change;
    await host.settled();
    assert.deepEqual([...host.loaded], ["a.bak", "b.tmp"]);
    change = nextReport(host);
    folder.remove("b.tmp");
    await change;
    await host.settled();
    assert.deepEqual([...host.loaded], ["a.bak"]);
  });
});
