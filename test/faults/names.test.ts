import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PlugoError } from "@plugo/node";
import { codes, keepLines, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";
import { assertWellTold, broken, checkFault, configOf, everybody, idle, onlyProblemOf } from "./surroundings.ts";

const healthy = { ...plugin("ahead", idle), ...plugin("standing", idle) };

describe("loadPlugins", () => {
  test("fails a plugin that the config both enables and disables, and names both lines", () =>
    checkFault({
      files: { ...broken(), "config.json": configOf([...everybody, { name: "broken", enabled: false }]) },
      options: (folder) => ({ configPath: folder.at("config.json") }),
      code: "PLUGO_CONFIG_CONTRADICTION",
      says: ['"broken" is enabled at %/config.json:7:5 and disabled at %/config.json:19:5'],
      remedy: "Keep one of the two entries.",
    }));

  for (const [source, prepare] of Object.entries({
    "the config": (folder: { at: (file: string) => string }) => ({ configPath: folder.at("config.json") }),
    ENABLED_PLUGINS: () => ({ env: { ENABLED_PLUGINS: "aheed" } }),
  })) {
    test(`tells of a name in ${source} that nothing provides, with the nearest one`, async () => {
      using folder = createFolder({ ...healthy, "config.json": configOf(["ahead", "aheed", "standing"]) });
      const logger = keepLines();
      await using host = await loadFrom(folder, { logger, ...prepare(folder) });
      assert.deepEqual([...host.loaded], ["ahead", "standing"]);
      assert.deepEqual(codes(host), ["aheed: PLUGO_UNKNOWN_PLUGIN"]);
      const problem = onlyProblemOf(host, "aheed");
      assert.match(problem.message, /^No plugin is named "aheed", which .* asks for\. Did you mean "ahead"\?$/);
      const where = source === "the config" ? `${folder.at("config.json")}:7:5` : "ENABLED_PLUGINS";
      assert.ok(problem.message.includes(`which ${where} asks for`), problem.message);
      assert.match(problem.remedy, /^Add a folder "aheed" with a metadata\.json, .*or correct the name in /);
      assert.equal(logger.lines.filter((line) => line.startsWith("error ")).length, 1);
      assert.ok(logger.lines.some((line) => line.startsWith(`error [aheed] ${problem.message}\n`)));
    });
  }

  test("tells of a module in ENABLED_PLUGINS that cannot be imported, and why", async () => {
    using folder = createFolder({ ...healthy, "_outside/module.mjs": `throw new Error("not today");` });
    const logger = keepLines();
    const path = folder.at("_outside/module.mjs");
    await using host = await loadFrom(folder, { logger, env: { ENABLED_PLUGINS: `${path}, @no-scope/of-plugo` } });
    assert.deepEqual([...host.loaded], ["ahead", "standing"]);
    assert.deepEqual(phases(host), {
      ahead: "active",
      standing: "active",
      [path]: "failed",
      "@no-scope/of-plugo": "failed",
    });
    assert.match(onlyProblemOf(host, path).message, /not today/);
    const problem = onlyProblemOf(host, "@no-scope/of-plugo");
    assert.equal(problem.code, "PLUGO_MODULE_UNLOADABLE");
    assert.match(problem.remedy, /^Install "@no-scope\/of-plugo" in the application/);
    assertWellTold(problem, host, logger);
  });

  test("runs both of two plugins whose names differ only by case, and says so", async () => {
    using folder = createFolder({ ...healthy, ...plugin("Broken", idle), ...plugin("broken", idle) });
    const logger = keepLines();
    await using host = await loadFrom(folder, { logger });
    assert.deepEqual([...host.loaded], ["Broken", "ahead", "broken", "standing"]);
    assert.deepEqual(codes(host), ["broken: PLUGO_NAME_CASE"]);
    assert.match(onlyProblemOf(host, "broken").message, /^"broken" and "Broken" differ only by case/);
    assert.equal(logger.lines.filter((line) => line.startsWith("error [broken] ")).length, 1);
  });

  test("runs the plugin of the first of two directories, and names the one that is not used", async () => {
    using folder = createFolder({
      ...plugin("one/broken", `export const initPlugin = () => "one";`),
      ...plugin("one/ahead", idle),
      ...plugin("two/broken", `export const initPlugin = () => "two";`),
      ...plugin("two/standing", idle),
    });
    await using host = await loadFrom(folder, { pluginDirectory: [folder.at("one"), folder.at("two")] });
    assert.deepEqual([...host.loaded], ["ahead", "broken", "standing"]);
    assert.equal(host.get("broken"), "one");
    assert.deepEqual(codes(host), ["broken: PLUGO_NAME_DUPLICATE"]);
    const { message, remedy } = onlyProblemOf(host, "broken");
    assert.equal(
      message,
      `"broken" is in two directories: "${folder.at("one/broken")}" is used, "${folder.at("two/broken")}" is not.`,
    );
    assert.equal(remedy, `Rename or remove "${folder.at("two/broken")}".`);
  });

  test("refuses names that could leave the directory, each with its place in the config", async () => {
    const names = ["../outside", "/etc", "a/b", "..", ".", "__proto__", "C:\\x", "a\0b", "-\u001B[31m"];
    using folder = createFolder({ ...healthy, "config.json": configOf(["ahead", ...names, "standing"]) });
    const logger = keepLines();
    await using host = await loadFrom(folder, { logger, configPath: folder.at("config.json") });
    assert.deepEqual([...host.loaded], ["ahead", "standing"]);
    assert.deepEqual(new Set(codes(host)), new Set(["host: PLUGO_NAME_INVALID"]));
    names.forEach((name, index) => {
      const place = `${folder.at("config.json")}:${7 + index * 4}:5`;
      const expected = `${place} holds the name ${JSON.stringify(name)}, which no plugin can have.`;
      const problem: PlugoError | undefined = host.report.problems.find(({ message }) => message === expected);
      assert.ok(problem !== undefined, expected);
      assert.equal(logger.lines.filter((line) => line.startsWith(`error ${expected}`)).length, 1);
    });
  });
});
