import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { describe, test } from "node:test";
import { readManifest, type ManifestResult } from "#src/manifest/read-manifest.js";
import { createFolder } from "../support/plugin-folder.ts";

type Content = string | Uint8Array | object;

/** The result for a plugin `sample` with this metadata.json. */
function read(metadata: Content): ManifestResult {
  using folder = createFolder({ "metadata.json": metadata });
  return readManifest(folder.path, "sample");
}

function manifestOf(metadata: Content): Extract<ManifestResult, { manifest: unknown }> {
  const result = read(metadata);
  if ("manifest" in result) return result;
  return assert.fail("problem" in result ? result.problem.message : "it is missing");
}

/** The findings, without the folder before `metadata.json`. */
function findingsOf(metadata: Content): readonly string[] {
  const result = read(metadata);
  if (!("problem" in result)) assert.fail("it is valid");
  assert.equal(result.problem.code, "PLUGO_MANIFEST_INVALID");
  assert.equal(result.problem.plugin, "sample");
  const lines = result.problem.message.split("\n  - ").slice(1);
  return lines.map((line) => line.replace(/^\S*(metadata\.json)/, "$1"));
}

describe("readManifest", () => {
  test("fills in every default of {}", () => {
    const { manifest, hints } = manifestOf({});
    assert.deepEqual(
      { ...manifest, file: "" },
      {
        name: "sample",
        file: "",
        displayName: "sample",
        version: "0.0.0",
        coreVersion: null,
        dependencies: [],
        entry: null,
        reload: "swap",
        routePrefix: null,
        initTimeoutMs: null,
        configSchema: null,
        watch: [],
        metadata: {},
        text: "{}",
      },
    );
    assert.deepEqual(hints, []);
  });

  test("resolves every field, and freezes what it returns", () => {
    const metadata = {
      $schema: "./metadata.schema.json",
      name: "The sample",
      version: "v1.2.3-rc.1",
      description: "text",
      identifier: "text",
      author: { name: "somebody", email: "some@body" },
      dependencies: ["a", "b@^1.2.0", "c@"],
      optional_dependencies: { d: ">=1 <3", e: "*", a: "^9.0.0" },
      core_version: ">=1.0.0",
      entry: "src/main.ts",
      reload: "restart",
      route_prefix: "/sample",
      init_timeout_ms: 0,
      config_schema: { type: "object" },
      watch: ["views/**"],
    };
    const { manifest } = manifestOf(metadata);
    assert.equal(manifest.name, "sample");
    assert.equal(manifest.displayName, "The sample");
    assert.equal(manifest.version, "1.2.3-rc.1");
    assert.equal(manifest.coreVersion, ">=1.0.0");
    assert.deepEqual(manifest.dependencies, [
      { name: "a", range: null, optional: false },
      { name: "b", range: "^1.2.0", optional: false },
      { name: "c", range: null, optional: false },
      { name: "d", range: ">=1 <3", optional: true },
      { name: "e", range: null, optional: true },
    ]);
    assert.equal(manifest.entry, "src/main.ts");
    assert.equal(manifest.reload, "restart");
    assert.equal(manifest.routePrefix, "/sample");
    assert.equal(manifest.initTimeoutMs, 0);
    assert.deepEqual(manifest.metadata, metadata);
    for (const part of [manifest, manifest.metadata, manifest.dependencies, manifest.dependencies[0]]) {
      assert.ok(Object.isFrozen(part));
    }
    assert.ok(Object.isFrozen(manifest.metadata["author"]));
  });

  test("takes plugin_version for version, unless there is a version", () => {
    assert.equal(manifestOf({ plugin_version: "1.0.0" }).manifest.version, "1.0.0");
    assert.equal(manifestOf({ plugin_version: "1.0.0", version: "2.0.0" }).manifest.version, "2.0.0");
  });

  test("keeps unknown fields and hints at the nearest known name", () => {
    const { manifest, hints } = manifestOf({ dependancies: ["a"], homepage: "x" });
    assert.deepEqual(manifest.metadata, { dependancies: ["a"], homepage: "x" });
    assert.deepEqual(manifest.dependencies, []);
    assert.deepEqual(hints, [
      'metadata.json has the unknown field "dependancies"; did you mean "dependencies"?',
      'metadata.json has the unknown field "homepage"',
    ]);
  });

  test("returns the previous manifest itself when the text is the same", () => {
    using folder = createFolder({ "metadata.json": { version: "1.0.0" } });
    const first = readManifest(folder.path, "sample");
    assert.ok("manifest" in first);
    assert.equal((readManifest(folder.path, "sample", first.manifest) as typeof first).manifest, first.manifest);
    folder.write({ "metadata.json": { version: "2.0.0" } });
    assert.notEqual((readManifest(folder.path, "sample", first.manifest) as typeof first).manifest, first.manifest);
  });

  test("accepts a byte order mark", () => {
    assert.equal(manifestOf('\uFEFF{ "version": "1.0.0" }').manifest.version, "1.0.0");
    assert.deepEqual(findingsOf('\uFEFF{ "version": 1 }'), [
      "metadata.json:1:14 version: must be a string, but it is the number 1",
    ]);
  });

  test("lists every finding with its place, in the order of the file", () => {
    const text = [
      "{",
      '  "version": "one",',
      '  "dependencies": ["good", 5, "../bad", "old@not-a-range"],',
      '  "reload": "never",',
      '  "config_schema": { "a": 1 },',
      '  "watch": ["views/**", "../secret", 7],',
      '  "core_version": ">="',
      "}",
    ].join("\n");
    const rule = 'letters, digits, "_", "-" and ".", at most 214, not starting with "."';
    assert.deepEqual(findingsOf(text.replace('">="', '">= x y"')), [
      'metadata.json:2:14 version: must be a semver version such as "1.2.3", but it is "one"',
      'metadata.json:3:28 dependencies[1]: must be a plugin\'s name such as "auth" or "auth@^1.2.0", but it is the number 5',
      `metadata.json:3:31 dependencies[2]: must be a plugin's name (${rule}), with an optional range such as "auth@^1.2.0", but it is "../bad"`,
      'metadata.json:3:41 dependencies[3]: must be a semver range such as "^1.2.0", but it is "not-a-range"',
      'metadata.json:4:13 reload: must be "swap" or "restart", but it is "never"',
      'metadata.json:6:25 watch[1]: must be a glob inside the plugin\'s folder, but it is "../secret"',
      "metadata.json:6:38 watch[2]: must be a glob, but it is the number 7",
      'metadata.json:7:19 core_version: must be a semver range such as "^1.2.0", but it is ">= x y"',
    ]);
  });

  const wrongTypes: readonly (readonly [field: string, values: readonly unknown[]])[] = [
    ["$schema", [1, null, {}]],
    ["name", [1, null, [], true]],
    ["version", [1.5, null, {}, "", "1.0", "latest"]],
    ["plugin_version", [1, "1"]],
    ["description", [1, []]],
    ["identifier", [1, {}]],
    ["author", [1, null, {}, { name: 1 }]],
    ["core_version", [1, null, [], "one"]],
    ["dependencies", ["a", 1, null, [1], [null], [["a"]], [{}], { a: 1 }, { a: "one" }, { "a b": "*" }, [""]]],
    ["optional_dependencies", ["a", { a: null }, ["a@one"], [".hidden"], ["__proto__"]]],
    [
      "dependencies",
      [["a\n"], ["a@^1\n"], { constructor: 5 }, { constructor: {} }, JSON.parse('{ "__proto__": "1.0.0" }')],
    ],
    ["entry", [1, "", "/etc/passwd", "../x.ts", "a/../../x.ts", "C:\\x.ts", "\\x", "a\0b"]],
    ["reload", [true, "", "Swap"]],
    ["route_prefix", [1, "", "sample"]],
    ["init_timeout_ms", ["1", -1, 1.5, 2 ** 31, null]],
    ["config_schema", [true, "x", [], null]],
    ["watch", ["views", [1], {}, [""], ["/etc/*"], ["../x"]]],
  ];
  for (const [field, values] of wrongTypes) {
    for (const value of values) {
      test(`refuses ${field}: ${JSON.stringify(value)}, and names the field`, () => {
        const findings = findingsOf(JSON.stringify({ [field]: value }));
        assert.equal(findings.length, 1, findings.join("\n"));
        assert.match(findings[0] ?? "", /^metadata\.json:1:\d+ /);
        assert.equal(findings[0]?.split(" ")[1]?.split(/[:.[]/)[0], field);
      });
    }
  }

  const notJson: readonly (readonly [title: string, text: Content, finding: RegExp])[] = [
    ["a trailing comma", '{\n  "version": "1.0.0",\n}', /^metadata\.json:3:1 expected a property name .*found "}"/],
    ["a missing comma", '{\n  "a": 1\n  "b": 2\n}', /^metadata\.json:3:3 expected ","/],
    ["a comment", '{\n  // why\n  "a": 1\n}', /^metadata\.json:2:3 JSON has no comments/],
    ["a missing brace", '{ "a": 1', /^metadata\.json:1:9 expected "}", found the end of the file/],
    ["single quotes", "{ 'a': 1 }", /^metadata\.json:1:3 /],
    ["an open string", '{ "a": "b\n}', /^metadata\.json:1:8 /],
    ["nothing", "", /^metadata\.json:1:1 is empty/],
    ["white space", " \n ", /^metadata\.json:1:1 is empty/],
    ["two values", "{} {}", /^metadata\.json:1:4 expected the end of the file/],
    ["UTF-16, little endian", Buffer.from("\uFEFF{}", "utf16le"), /is not UTF-8 text: save it as UTF-8$/],
    ["UTF-16, big endian", Buffer.from("\uFEFF{}", "utf16le").swap16(), /is not UTF-8 text: save it as UTF-8$/],
    ["binary", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), /is not UTF-8 text: save it as UTF-8$/],
    ["a list", "[]", /^metadata\.json:1:1 must be a JSON object, but it is an empty list$/],
    ["null", "null", /^metadata\.json:1:1 must be a JSON object, but it is null$/],
    ["a string", '"x"', /^metadata\.json:1:1 must be a JSON object, but it is "x"$/],
    ["lists nested 200 000 deep", "[".repeat(200_000), /nested too deeply/],
    ["objects nested 200 deep", `${'{"a":'.repeat(200)}1${"}".repeat(200)}`, /is nested more than 100 levels deep$/],
    ["objects nested 200 000 deep", `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`, /is .*(long|deep)/],
    [
      "two megabytes",
      JSON.stringify({ name: "x".repeat(2_000_000) }),
      /is 2000011 characters long, more than 1048576$/,
    ],
  ];
  for (const [title, text, finding] of notJson) {
    test(`gives one finding for ${title}`, () => {
      const findings = findingsOf(text);
      assert.equal(findings.length, 1);
      assert.match(findings[0] ?? "", finding);
      assert.ok((findings[0] ?? "").length < 300);
    });
  }

  test("says of a missing file and of a folder in its place what they are", () => {
    using folder = createFolder();
    const missing = readManifest(folder.path, "sample");
    assert.deepEqual(missing, { isMissing: true });
    mkdirSync(folder.at("metadata.json"));
    const occupied = readManifest(folder.path, "sample");
    assert.match("problem" in occupied ? occupied.problem.message : "", /metadata\.json is a folder, not a file$/);
  });

  test("points at the last of several fields with one name, the one that counts", () => {
    assert.deepEqual(findingsOf('{ "version": "1.0.0", "version": 5 }'), [
      "metadata.json:1:34 version: must be a string, but it is the number 5",
    ]);
  });

  test("lists at most fifty findings", () => {
    const findings = findingsOf({ dependencies: Array.from({ length: 60 }, (_, at) => at) });
    assert.equal(findings.length, 51);
    assert.equal(findings.at(-1), "and 10 more");
  });

  test("takes __proto__ for an unknown field and changes no prototype", () => {
    const { manifest, hints } = manifestOf('{ "__proto__": { "polluted": true }, "constructor": 1 }');
    assert.equal(manifest.version, "0.0.0");
    assert.equal(hints.length, 2);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.equal(Object.getPrototypeOf(manifest.metadata), Object.prototype);
  });

  test("accepts a dependency named constructor", () => {
    assert.equal(manifestOf({ dependencies: ["constructor"] }).manifest.dependencies[0]?.name, "constructor");
    assert.equal(manifestOf({ dependencies: { constructor: "^1.0.0" } }).manifest.dependencies[0]?.range, "^1.0.0");
  });
});
