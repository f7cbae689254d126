import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isPlugoError, type LoadPluginsOptions, type PlugoError } from "@plugo/node";
import { codes, keepLines, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin, type TestFolder } from "../support/plugin-folder.ts";
import { configOf, idle } from "./surroundings.ts";

/** A config that is of no use; `undefined` for none at all. */
interface BadConfig {
  readonly text: unknown;
  readonly code: "PLUGO_CONFIG_INVALID" | "PLUGO_CONFIG_UNREADABLE";
  readonly says: readonly RegExp[];
}

function invalid(text: unknown, ...says: readonly RegExp[]): BadConfig {
  return { text, code: "PLUGO_CONFIG_INVALID", says };
}

const configs: Readonly<Record<string, BadConfig>> = {
  "is missing": { text: undefined, code: "PLUGO_CONFIG_UNREADABLE", says: [/cannot be read: it does not exist/] },
  "is empty": invalid("", /config\.json:1:1 is empty/),
  "ends early": invalid('{ "plugins": [', /config\.json:1:15 expected/),
  "has a comma too many": invalid('{\n  "plugins": [],\n}', /config\.json:3:1 expected a property name/),
  "is in UTF-16": invalid(Buffer.from("\uFEFF{}", "utf16le"), /is not UTF-8 text/),
  "is a list": invalid([], /must be a JSON object such as \{ "plugins": \[\] \}/),
  "is null": invalid("null", /config\.json:1:1 must be a JSON object/),
  "has no plugins": invalid({}, /plugins: is missing/),
  "has an object as plugins": invalid({ plugins: {} }, /2:14 plugins: must be a list of plugins/),
  "has null as plugins": invalid({ plugins: null }, /plugins: must be a list of plugins/),
  "lists everything that is wrong": invalid(
    {
      plugins: [
        { name: 1, enabled: true },
        { name: "a" },
        "b",
        { name: "c", enabled: "yes" },
        { name: "d", enabled: true, config: [] },
      ],
    },
    /plugins\[0\]\.name: must be the name of a plugin's folder, but it is the number 1/,
    /plugins\[1\]\.enabled: is missing/,
    /plugins\[2\]: must be an object such as/,
    /plugins\[3\]\.enabled: must be true or false, but it is "yes"/,
    /plugins\[4\]\.config: must be an object, but it is an empty list/,
  ),
};

const plugins = { ...plugin("a", tracingPlugin("a")), ...plugin("b", tracingPlugin("b")) };

function replaceConfig(folder: TestFolder, text: unknown): void {
  if (text === undefined) folder.remove("config.json");
  else folder.write({ "config.json": text });
}

async function rejection(load: Promise<unknown>): Promise<PlugoError> {
  const error: unknown = await load.then(
    () => assert.fail("it resolved"),
    (reason: unknown) => reason,
  );
  assert.ok(isPlugoError(error), String(error));
  assert.equal(error.plugin, undefined);
  return error;
}

describe("a config file", () => {
  for (const [name, { text, code, says }] of Object.entries(configs)) {
    test(`that ${name} makes the first load reject, and nothing runs`, async () => {
      const log: string[] = [];
      using folder = createFolder(plugins);
      replaceConfig(folder, text);
      const configPath = folder.at("config.json");
      const error = await rejection(loadFrom(folder, { configPath, context: { log } }));
      assert.equal(error.code, code);
      assert.ok(error.message.startsWith(`The config file "${configPath}" `), error.message);
      for (const part of says) assert.match(error.message, part);
      assert.match(error.remedy, /^(?:Create|Correct) "/);
      assert.deepEqual(log, []);
    });

    test(`that later ${name} leaves what runs as it is, and is told once`, async () => {
      const log: string[] = [];
      using folder = createFolder({ ...plugins, "config.json": configOf(["a", "b"]) });
      const logger = keepLines();
      await using host = await loadFrom(folder, { configPath: folder.at("config.json"), context: { log }, logger });
      replaceConfig(folder, text);
      await host.reload("a");
      assert.deepEqual(codes(host), [`host: ${code}`]);
      for (const part of says) assert.match(host.report.problems[0]?.message ?? "", part);
      assert.deepEqual(phases(host), { a: "active", b: "active" });
      await host.reload("a");
      assert.deepEqual(codes(host), []);
      assert.equal(logger.lines.filter((line) => line.startsWith("error ")).length, 1);
      folder.write({ "config.json": configOf(["a"]) });
      await host.reload("a");
      assert.deepEqual([...host.loaded], ["a"]);
    });
  }
});

describe("a plugin directory", () => {
  const directories: Readonly<Record<string, (folder: TestFolder) => LoadPluginsOptions["pluginDirectory"]>> = {
    "that is missing": (folder) => folder.at("none"),
    "that is a file": (folder) => folder.at("a/plugin.ts"),
    "that is missing beside another one": (folder) => [folder.path, folder.at("none")],
  };
  for (const [name, directory] of Object.entries(directories)) {
    test(`${name} makes loadPlugins reject`, async () => {
      using folder = createFolder(plugin("a", idle));
      const error = await rejection(loadFrom(folder, { pluginDirectory: directory(folder) }));
      assert.equal(error.code, "PLUGO_DIRECTORY_UNREADABLE");
      assert.match(
        error.message,
        /^The plugin directory ".*(?:none|plugin\.ts)" cannot be read: it (?:does not exist|is no folder)\.$/,
      );
      assert.match(error.remedy, /^Create ".*", or correct the option "pluginDirectory"\.$/);
    });
  }

  test("that goes missing later leaves what runs as it is, and is told once", async () => {
    using folder = createFolder({ ...plugin("plugins/a", idle) });
    const logger = keepLines();
    await using host = await loadFrom(folder, { pluginDirectory: folder.at("plugins"), logger });
    folder.remove("plugins");
    await host.reload();
    assert.deepEqual([...host.loaded], ["a"]);
    assert.ok(codes(host).includes("host: PLUGO_DIRECTORY_UNREADABLE"));
    const { length } = logger.lines.filter((line) => line.startsWith("error "));
    await host.reload();
    assert.equal(logger.lines.filter((line) => line.startsWith("error ")).length, length);
  });
});
