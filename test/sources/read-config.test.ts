import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isPlugoError } from "#src/kernel/plugo-error.js";
import { parseConfig, readConfig } from "#src/sources/read-config.js";
import type { Wish } from "#src/sources/source.js";
import { createFolder } from "../support/plugin-folder.ts";

function read(text: string | Uint8Array): readonly Wish[] {
  using folder = createFolder({ "plugins_config.json": text });
  return readConfig(folder.at("plugins_config.json")).wishes;
}

/** The findings, without the folder before the file's name. */
function findingsOf(text: string | Uint8Array): readonly string[] {
  try {
    read(text);
  } catch (error) {
    assert.ok(isPlugoError(error), String(error));
    assert.equal(error.code, "PLUGO_CONFIG_INVALID");
    const lines = error.message.split("\n  - ").slice(1);
    return lines.map((line) => line.replace(/^\S*(plugins_config\.json)/, "$1"));
  }
  return assert.fail("it is valid");
}

const shown = (wishes: readonly Wish[]): readonly string[] =>
  wishes.map(({ name, enabled, where }) => `${name} ${enabled} ${where.replace(/^.*[\\/]/, "")}`);

describe("readConfig", () => {
  test("gives a wish for each entry, in order, with its place", () => {
    const text = [
      "{",
      '  "$schema": "./x.json", "title": ["plugins", {}],',
      '  "plugins": [',
      '    { "name": "a", "enabled": true, "config": { "list": [{ "a\\"b": [1] }], "brace": "}]" } }, { "name": "b", "enabled": false },',
      "    {",
      '      "name": "c", "enabled": true',
      "    }",
      "  ]",
      "}",
    ].join("\n");
    const wishes = read(text);
    assert.deepEqual(shown(wishes), [
      "a true plugins_config.json:4:5",
      `b false plugins_config.json:4:${(text.split("\n")[3] ?? "").indexOf('{ "name": "b"') + 1}`,
      "c true plugins_config.json:5:5",
    ]);
    assert.deepEqual(wishes[0]?.config, { list: [{ 'a"b': [1] }], brace: "}]" });
    assert.equal(wishes[1]?.config, undefined);
    assert.match(wishes[0]?.reason ?? "", /^enabled in .*plugins_config\.json$/);
    assert.ok(Object.isFrozen(wishes) && Object.isFrozen(wishes[0]) && Object.isFrozen(wishes[0]?.config?.["list"]));
  });

  test("keeps both entries of one name, for the selection to see", () => {
    const text = '{ "plugins": [{ "name": "a", "enabled": true }, { "name": "a", "enabled": false }] }';
    assert.deepEqual(shown(read(text)), ["a true plugins_config.json:1:15", "a false plugins_config.json:1:49"]);
  });

  test("accepts a byte order mark, line breaks of Windows, an escaped key and a repeated one", () => {
    assert.deepEqual(shown(read('\uFEFF{\r\n"plugins":[\r\n{"name":"a","enabled":true}]}')), [
      "a true plugins_config.json:3:1",
    ]);
    const repeated = '{"plugins": [{"name":"a","enabled":true}],\n"pl\\u0075gins": [{"name":"b","enabled":true}]}';
    assert.deepEqual(shown(read(repeated)), ["b true plugins_config.json:2:18"]);
  });

  test("accepts an empty list", () => {
    assert.deepEqual(read('{ "plugins": [] }'), []);
  });

  test("lists every finding with its place", () => {
    const text = [
      '{ "plugins": [',
      '  { "name": "a" },',
      '  { "enabled": true },',
      '  { "name": "b", "enabled": "false" },',
      '  { "name": 5, "enabled": 1, "config": [] },',
      '  "c",',
      "  null,",
      '  ["d"]',
      "] }",
    ].join("\n");
    const shape = 'must be an object such as { "name": "sample_plugin", "enabled": true }';
    assert.deepEqual(findingsOf(text), [
      "plugins_config.json:2:3 plugins[0].enabled: is missing",
      "plugins_config.json:3:3 plugins[1].name: is missing",
      'plugins_config.json:4:29 plugins[2].enabled: must be true or false, but it is "false"',
      "plugins_config.json:5:13 plugins[3].name: must be the name of a plugin's folder, but it is the number 5",
      "plugins_config.json:5:27 plugins[3].enabled: must be true or false, but it is the number 1",
      "plugins_config.json:5:40 plugins[3].config: must be an object, but it is an empty list",
      `plugins_config.json:6:3 plugins[4]: ${shape}, but it is "c"`,
      `plugins_config.json:7:3 plugins[5]: ${shape}, but it is null`,
      `plugins_config.json:8:3 plugins[6]: ${shape}, but it is a list`,
    ]);
  });

  const invalid: readonly (readonly [title: string, text: string | Uint8Array, finding: string | RegExp])[] = [
    [
      "a list",
      "[]",
      'plugins_config.json:1:1 must be a JSON object such as { "plugins": [] }, but it is an empty list',
    ],
    ["null", "null", 'plugins_config.json:1:1 must be a JSON object such as { "plugins": [] }, but it is null'],
    ["no plugins", "{}", "plugins_config.json:1:1 plugins: is missing"],
    [
      "plugins: null",
      '{ "plugins": null }',
      "plugins_config.json:1:14 plugins: must be a list of plugins, but it is null",
    ],
    [
      "plugins: {}",
      '{"plugins": {}}',
      "plugins_config.json:1:13 plugins: must be a list of plugins, but it is an object",
    ],
    [
      "$schema: 1",
      '{"$schema": 1, "plugins": []}',
      "plugins_config.json:1:13 $schema: must be a string, but it is the number 1",
    ],
    ["nothing", "", "plugins_config.json:1:1 is empty: {} is the least it can hold"],
    ["a trailing comma", '{ "plugins": [\n], }', /^plugins_config\.json:2:4 expected a property name/],
    ["UTF-16", Buffer.from('\uFEFF{"plugins":[]}', "utf16le"), /is not UTF-8 text: save it as UTF-8$/],
    ["lists nested 200 000 deep", "[".repeat(200_000), /nested too deeply/],
    [
      "objects nested 200 deep",
      `{"plugins":[],"a":${"[".repeat(200)}${"]".repeat(200)}}`,
      /is nested more than 100 levels deep$/,
    ],
  ];
  for (const [title, text, expected] of invalid) {
    test(`gives one finding for ${title}`, () => {
      const findings = findingsOf(text);
      assert.equal(findings.length, 1);
      if (typeof expected === "string") assert.equal(findings[0], expected);
      else assert.match(findings[0] ?? "", expected);
    });
  }

  test("says of a missing file and of a folder in its place what they are", () => {
    using folder = createFolder({ "folder/x": "" });
    assert.throws(() => readConfig(folder.at("missing.json")), {
      code: "PLUGO_CONFIG_UNREADABLE",
      message: /it does not exist\.$/,
    });
    assert.throws(() => readConfig(folder.at("folder")), {
      code: "PLUGO_CONFIG_UNREADABLE",
      message: /it is a folder\.$/,
    });
  });

  test("changes no prototype", () => {
    const [wish] = read(
      '{ "plugins": [{ "name": "a", "enabled": true, "config": { "__proto__": { "polluted": 1 } } }], "__proto__": 1 }',
    );
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.equal(wish?.config?.["polluted"], undefined);
  });
});

describe("parseConfig", () => {
  test("hints at unknown fields and at names that stand twice", () => {
    const text =
      '{ "plugin": 1, "plugins": [\n{ "name": "a", "enabled": true, "conifg": {} },\n{ "name": "a", "enabled": true }] }';
    assert.deepEqual(parseConfig(text, "plugins_config.json").hints, [
      'the config has the unknown field "plugin"; did you mean "plugins"?',
      'plugins_config.json:2:1 has the unknown field "conifg"; did you mean "config"?',
      'plugins_config.json:3:1 names "a" again: the entry at plugins_config.json:2:1 counts',
    ]);
  });

  test("reads a file of 10 000 entries in one pass", () => {
    const plugins = Array.from({ length: 10_000 }, (_, at) => ({ name: `p${at}`, enabled: true }));
    const { wishes } = parseConfig(JSON.stringify({ plugins }, undefined, 2), "plugins_config.json");
    assert.equal(wishes.at(-1)?.where, "plugins_config.json:39999:5");
  });
});
