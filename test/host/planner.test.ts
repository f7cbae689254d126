import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadFrom, phases } from "../support/load.ts";
import { nextReport } from "../support/next-report.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

const live = { hotReload: true } as const;

describe("a change of a few files", () => {
  test("sees a plugin that appears in an earlier directory, or goes from it", async () => {
    using folder = createFolder({ ...plugin("second/a", tracingPlugin("second")), "first/notes.txt": "x" });
    const pluginDirectory = [folder.at("first"), folder.at("second")];
    await using host = await loadFrom(folder, { ...live, pluginDirectory, context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    folder.write(plugin("first/a", tracingPlugin("first")));
    await change;
    assert.deepEqual(host.get("a"), { label: "first" });
    change = nextReport(host, () => host.get<{ label: string }>("a").label === "second");
    folder.remove("first/a");
    await change;
  });

  test("sees metadata that changes, breaks, and is mended", async () => {
    using folder = createFolder({ ...plugin("a", tracingPlugin("a")), ...plugin("b", tracingPlugin("b")) });
    await using host = await loadFrom(folder, { ...live, context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    folder.write({ "a/metadata.json": { dependencies: ["b"] } });
    assert.deepEqual((await change).loaded, ["a"]);
    assert.deepEqual([...host.loaded], ["b", "a"]);
    change = nextReport(host);
    folder.write({ "a/metadata.json": "{" });
    assert.deepEqual(
      (await change).problems.map(({ code }) => code),
      ["PLUGO_MANIFEST_INVALID"],
    );
    assert.deepEqual(host.snapshot().plugins.find(({ name }) => name === "a")?.metadata, { dependencies: ["b"] });
    change = nextReport(host);
    folder.write({ "a/metadata.json": { version: "2.0.0" } });
    await change;
    assert.equal(host.snapshot().plugins.find(({ name }) => name === "a")?.version, "2.0.0");
    change = nextReport(host);
    folder.remove("a/metadata.json");
    await change;
    assert.deepEqual(phases(host), { b: "active" });
  });

  test("plans anew what run time wishes, and what only an old generation had pulled in", async () => {
    using folder = createFolder({
      ...plugin("plugins/a", tracingPlugin("a1"), { dependencies: ["b"] }),
      ...plugin("plugins/b", tracingPlugin("b1")),
      "plugins_config.json": { plugins: [{ name: "a", enabled: true }] },
    });
    const options = { pluginDirectory: folder.at("plugins"), configPath: folder.at("plugins_config.json") };
    await using host = await loadFrom(folder, { ...live, ...options, context: { log: [] } });
    await host.settled();
    let change = nextReport(host);
    folder.write(plugin("plugins/b", tracingPlugin("b2"), {}));
    assert.deepEqual((await change).loaded, ["b", "a"]);
    await host.disable("a");
    await host.enable("a");
    assert.deepEqual([...host.loaded], ["b", "a"]);
    change = nextReport(host, () => !host.loaded.has("b"));
    folder.write(plugin("plugins/a", tracingPlugin("a2")));
    await change;
    assert.deepEqual([...host.loaded], ["a"]);
  });
});
