import assert from "node:assert/strict";
import { copyFileSync, appendFileSync, readdirSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { keepLines, loadFrom, phases } from "../support/load.ts";
import { createFolder } from "../support/plugin-folder.ts";

const restarts = (lines: readonly string[]): string[] => lines.filter((line) => line.includes("PLUGO_RESTART_NEEDED"));

describe("PLUGO_RESTART_NEEDED", () => {
  for (const [kind, entry, use] of [
    ["import", "plugin.mjs", `import { text } from "../../db.mjs"; export const initPlugin = () => text;`],
    ["import()", "plugin.mjs", `export const initPlugin = async () => (await import("../../db.mjs")).text;`],
    ["require", "plugin.cjs", `const { text } = require("../../db.cjs"); exports.initPlugin = () => text;`],
  ] as const) {
    test(`names a changed host file that a plugin has by ${kind}, once for each change`, async () => {
      const db = kind === "require" ? "db.cjs" : "db.mjs";
      const text = (value: string): string =>
        kind === "require" ? `exports.text = "${value}";` : `export const text = "${value}";`;
      using folder = createFolder({ [db]: text("one"), "plugins/a/metadata.json": {}, [`plugins/a/${entry}`]: use });
      const logger = keepLines();
      await using host = await loadFrom(folder, { pluginDirectory: folder.at("plugins"), logger });
      utimesSync(folder.at(db), 1, 1);
      await host.reload();
      assert.deepEqual(restarts(logger.lines), [], "its content is the same");
      folder.write({ [db]: text("two") });
      const report = await host.reload();
      assert.equal(host.get("a"), "one");
      const [problem] = report.problems;
      assert.equal(problem?.code, "PLUGO_RESTART_NEEDED");
      assert.match(problem.message, new RegExp(`${db}" has changed`));
      assert.match(restarts(logger.lines)[0]!, /^warn /);
      await host.reload();
      assert.equal(restarts(logger.lines).length, 1, "once");
      folder.write({ [db]: text("one") });
      assert.deepEqual((await host.reload()).problems, [], "as it was loaded");
      folder.write({ [db]: text("three") });
      await host.reload();
      assert.equal(restarts(logger.lines).length, 2, "another change");
    });
  }

  test("names a changed addon", async () => {
    using folder = createFolder({
      "plugins/a/metadata.json": {},
      "plugins/a/plugin.ts": `import addon from "./own.node"; export const initPlugin = () => typeof addon;`,
    });
    copyFileSync(anAddon(), folder.at("plugins/a/own.node"));
    await using host = await loadFrom(folder, { pluginDirectory: folder.at("plugins") });
    assert.equal(host.get("a"), "object");
    const other = folder.at("plugins/a/next.node");
    copyFileSync(anAddon(), other);
    appendFileSync(other, "\n");
    folder.remove("plugins/a/own.node");
    copyFileSync(other, folder.at("plugins/a/own.node"));
    const [problem] = (await host.reload()).problems;
    assert.equal(problem?.code, "PLUGO_RESTART_NEEDED");
    assert.match(problem.message, /own\.node" has changed/);
  });

  test(`names the entry of a plugin with engine: "native", which goes on as it was`, async () => {
    using folder = createFolder({
      "a/metadata.json": {},
      "a/plugin.mjs": `export const initPlugin = () => "one";`,
    });
    await using host = await loadFrom(folder, { engine: "native" });
    assert.deepEqual((await host.reload()).problems, []);
    folder.write({ "a/plugin.mjs": `export const initPlugin = () => "two";` });
    const [problem] = (await host.reload()).problems;
    assert.equal(problem?.code, "PLUGO_RESTART_NEEDED");
    assert.match(problem.message, /a\/plugin\.mjs" of "a" has changed/);
    assert.match(problem.remedy, /Restart the application, or use engine: "runner"/);
    assert.equal(host.get("a"), "one");
    assert.deepEqual(phases(host), { a: "active" });
  });
});

/** A real addon of this system: the resolver's. */
function anAddon(): string {
  const packages = dirname(dirname(fileURLToPath(import.meta.resolve("oxc-resolver"))));
  const scope = join(packages, "@oxc-resolver");
  for (const folder of readdirSync(scope)) {
    const addon = readdirSync(join(scope, folder)).find((file) => file.endsWith(".node"));
    if (addon !== undefined) return join(scope, folder, addon);
  }
  assert.fail("oxc-resolver has no addon.");
}
