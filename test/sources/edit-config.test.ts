import assert from "node:assert/strict";
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { setEnabled } from "#src/sources/edit-config.js";
import { readConfig } from "#src/sources/read-config.js";
import { createFolder } from "../support/plugin-folder.ts";

const isWindows = process.platform === "win32";

/** The text after `setEnabled`. */
function edited(text: string, name: string, enabled: boolean): string {
  using folder = createFolder({ "config.json": text });
  const file = folder.at("config.json");
  setEnabled(file, name, enabled);
  const after = readFileSync(file, "utf8");
  const wish = readConfig(file).wishes.findLast((other) => other.name === name);
  assert.equal(wish?.enabled, enabled);
  assert.deepEqual(readdirSync(folder.path), ["config.json"]);
  return after;
}

const lines = (...text: string[]): string => text.join("\n");

describe("setEnabled", () => {
  test("replaces the value and nothing else", () => {
    const text =
      '{ "plugins" : [\n\t{"name": "a","enabled":   true , "config":{"x":  1}},\n\n  {"enabled":true,"name":"b"} ]}';
    const expected = text.replace('"enabled":   true', '"enabled":   false');
    assert.equal(edited(text, "a", false), expected);
    assert.equal(edited(text, "b", false), text.replace('{"enabled":true', '{"enabled":false'));
  });

  test("leaves a file alone that says so already", () => {
    using folder = createFolder({ "config.json": '{"plugins":[{"name":"a","enabled":true}]}' });
    const before = statSync(folder.at("config.json"), { bigint: true });
    setEnabled(folder.at("config.json"), "a", true);
    assert.equal(statSync(folder.at("config.json"), { bigint: true }).ino, before.ino);
  });

  test("settles a contradiction: every entry of the name gets the value", () => {
    const text = '{"plugins":[{"name":"a","enabled":true},{"name":"a","enabled":false}]}';
    assert.equal(edited(text, "a", true), text.replace("false", "true"));
  });

  const additions: readonly (readonly [style: string, before: string, after: string])[] = [
    [
      "on one line each",
      lines("{", '  "plugins": [', '    { "name": "b", "enabled": true }', "  ]", "}", ""),
      lines(
        "{",
        '  "plugins": [',
        '    { "name": "b", "enabled": true },',
        '    { "name": "a", "enabled": true }',
        "  ]",
        "}",
        "",
      ),
    ],
    [
      "on several lines, with tabs",
      lines("{", '\t"plugins": [', "\t\t{", '\t\t\t"name": "b",', '\t\t\t"enabled": false', "\t\t}", "\t]", "}"),
      lines(
        "{",
        '\t"plugins": [',
        "\t\t{",
        '\t\t\t"name": "b",',
        '\t\t\t"enabled": false',
        "\t\t},",
        "\t\t{",
        '\t\t\t"name": "a",',
        '\t\t\t"enabled": true',
        "\t\t}",
        "\t]",
        "}",
      ),
    ],
    [
      "with line breaks of Windows",
      '{\r\n  "plugins": [\r\n    { "name": "b", "enabled": true }\r\n  ]\r\n}\r\n',
      '{\r\n  "plugins": [\r\n    { "name": "b", "enabled": true },\r\n    { "name": "a", "enabled": true }\r\n  ]\r\n}\r\n',
    ],
    [
      "all on one line",
      '{"plugins":[{"name":"b","enabled":true}]}',
      '{"plugins":[{"name":"b","enabled":true}, {"name":"a","enabled":true}]}',
    ],
    [
      "in an empty list",
      lines("{", '    "plugins": []', "}", ""),
      lines(
        "{",
        '    "plugins": [',
        "        {",
        '            "name": "a",',
        '            "enabled": true',
        "        }",
        "    ]",
        "}",
        "",
      ),
    ],
  ];
  for (const [style, before, after] of additions) {
    test(`adds an entry in the style of the others: ${style}`, () => assert.equal(edited(before, "a", true), after));
  }

  test("keeps a byte order mark", () => {
    assert.equal(
      edited('\uFEFF{"plugins":[{"name":"a","enabled":true}]}', "a", false),
      '\uFEFF{"plugins":[{"name":"a","enabled":false}]}',
    );
  });

  test("keeps the file's permissions", { skip: isWindows }, () => {
    using folder = createFolder({ "config.json": '{"plugins":[]}' });
    chmodSync(folder.at("config.json"), 0o666);
    setEnabled(folder.at("config.json"), "a", true);
    assert.equal(statSync(folder.at("config.json")).mode & 0o777, 0o666);
  });

  test("writes through a symbolic link, which stays one", { skip: isWindows }, () => {
    using folder = createFolder({ "real/config.json": '{"plugins":[]}' });
    symlinkSync(folder.at("real/config.json"), folder.at("link.json"));
    setEnabled(folder.at("link.json"), "a", true);
    assert.ok(lstatSync(folder.at("link.json")).isSymbolicLink());
    assert.ok(readFileSync(folder.at("real/config.json"), "utf8").includes('"a"'));
    assert.deepEqual(readdirSync(folder.at("real")), ["config.json"]);
  });

  test("refuses a config that is missing or not valid, and leaves it as it is", () => {
    using folder = createFolder({ "config.json": '{"plugins":[{"name":"a"}]}' });
    assert.throws(() => setEnabled(folder.at("missing.json"), "a", true), { code: "PLUGO_CONFIG_UNREADABLE" });
    assert.throws(() => setEnabled(folder.at("config.json"), "a", true), { code: "PLUGO_CONFIG_INVALID" });
    assert.equal(readFileSync(folder.at("config.json"), "utf8"), '{"plugins":[{"name":"a"}]}');
  });

  test("says so when the file cannot be written, and leaves no temporary file", () => {
    // As long as names can be: there is no name for a temporary file beside it, for a superuser either.
    const config = `${"c".repeat(250)}.json`;
    using folder = createFolder({ [config]: '{"plugins":[]}' });
    assert.throws(() => setEnabled(folder.at(config), "a", true), {
      code: "PLUGO_CONFIG_UNWRITABLE",
      message: /c\.json" cannot be written: /,
    });
    assert.equal(readFileSync(folder.at(config), "utf8"), '{"plugins":[]}');
    assert.deepEqual(readdirSync(folder.path), [config]);
  });
});
