import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { deriveNames, whyNoName } from "#src/cli/plugin-names.js";
import { isPluginName } from "#src/manifest/plugin-name.js";

const table: readonly (readonly [given: string, snake: string, pascal: string, title: string])[] = [
  ["Example Plugin", "example_plugin", "ExamplePlugin", "Example Plugin"],
  ["My Plugin!", "my_plugin", "MyPlugin", "My Plugin"],
  ["my-plugin", "my_plugin", "MyPlugin", "My Plugin"],
  ["my_plugin", "my_plugin", "MyPlugin", "My Plugin"],
  ["MyHTTPServer", "my_http_server", "MyHttpServer", "MyHTTPServer"],
  ["Bob's Shop", "bobs_shop", "BobsShop", "Bobs Shop"],
  ["Ünïcödé straße", "unicode_strasse", "UnicodeStrasse", "Ünïcödé Straße"],
  ['"quoted" <b>', "quoted_b", "QuotedB", "Quoted B"],
  ["3d viewer", "plugin_3d_viewer", "Plugin3dViewer", "3d Viewer"],
  ["party 🎉 time", "party_time", "PartyTime", "Party Time"],
  ["constructor", "constructor_plugin", "ConstructorPlugin", "Constructor"],
  ["__proto__", "proto", "Proto", "Proto"],
  ["toString", "to_string_plugin", "ToStringPlugin", "ToString"],
  ["node_modules", "node_modules_plugin", "NodeModulesPlugin", "Node Modules"],
  ["con", "con_plugin", "ConPlugin", "Con"],
  ["COM1", "com1_plugin", "Com1Plugin", "COM1"],
];

describe("deriveNames", () => {
  for (const [given, snake, pascal, title] of table) {
    test(`of ${JSON.stringify(given)} are ${snake} and ${pascal}`, () => {
      assert.equal(whyNoName(given), undefined);
      const names = deriveNames(given);
      const camel = pascal[0]?.toLowerCase() + pascal.slice(1);
      assert.deepEqual(names, { snake, kebab: snake.replaceAll("_", "-"), camel, pascal, title });
    });
  }

  test("puts plugin behind a name that is taken", () => {
    assert.equal(deriveNames("router", ({ camel }) => camel === "router").snake, "router_plugin");
  });

  test("of any text are a plugin's name and identifiers, and stay so when they are derived again", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 90 }).filter((given) => whyNoName(given) === undefined);
    fc.assert(
      fc.property(text, (given) => {
        const { snake, camel, pascal, title } = deriveNames(given);
        assert.ok(isPluginName(snake), snake);
        assert.match(camel, /^[a-z][A-Za-z0-9]*$/);
        assert.match(pascal, /^[A-Z][A-Za-z0-9]*$/);
        assert.match(title, /^[\p{L}\p{M}\p{N} ]*$/u);
        assert.equal(deriveNames(snake).snake, snake);
      }),
    );
  });
});

describe("whyNoName", () => {
  const refused: readonly (readonly [given: string, reason: RegExp])[] = [
    ["", /empty/],
    ["   ", /empty/],
    ["🚀", /no letter or digit/],
    ["商店", /no letter or digit/],
    ["../x", /slash/],
    ["a\\b", /slash/],
    ["a\nb", /control character/],
    ["a\0", /control character/],
    ["a".repeat(300), /300 characters long, more than 100/],
  ];
  for (const [given, reason] of refused) {
    test(`refuses ${JSON.stringify(given.slice(0, 20))}`, () => assert.match(whyNoName(given) ?? "", reason));
  }
});
