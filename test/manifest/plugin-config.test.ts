import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Manifest } from "#src/manifest/manifest.js";
import { applyConfigSchema } from "#src/manifest/plugin-config.js";
import { resolveManifest } from "#src/manifest/resolve-manifest.js";

const where = "plugins_config.json:3:5";

function manifestWith(schema: object | undefined): Manifest {
  const metadata = schema === undefined ? {} : { config_schema: schema as Record<string, unknown> };
  return resolveManifest(metadata, { name: "a", file: "/plugins/a/metadata.json", text: "" }, []);
}

function apply(
  schema: object | undefined,
  config?: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const result = applyConfigSchema(manifestWith(schema), config, where);
  return "config" in result ? result.config : assert.fail(result.problem.message);
}

function problemOf(schema: object, config?: Readonly<Record<string, unknown>>): string {
  const result = applyConfigSchema(manifestWith(schema), config, where);
  if (!("problem" in result)) return assert.fail("it is valid");
  assert.equal(result.problem.plugin, "a");
  return `${result.problem.code} ${result.problem.message}`;
}

describe("applyConfigSchema", () => {
  test("gives a frozen copy of the config of a plugin without a schema", () => {
    const config = { list: [{ a: 1 }] };
    const applied = apply(undefined, config);
    assert.deepEqual(applied, config);
    assert.ok(Object.isFrozen(applied) && Object.isFrozen((applied["list"] as object[])[0]));
    assert.ok(!Object.isFrozen(config) && !Object.isFrozen(config.list));
    assert.deepEqual(apply(undefined), {});
    assert.ok(Object.isFrozen(apply(undefined)));
  });

  test("fills in defaults, also nested ones, without changing what it was given", () => {
    const schema = {
      type: "object",
      properties: {
        port: { type: "integer", default: 80 },
        tls: { type: "object", default: {}, properties: { on: { type: "boolean", default: false } } },
      },
    };
    const config = Object.freeze({ tls: Object.freeze({}) });
    assert.deepEqual(apply(schema, config), { port: 80, tls: { on: false } });
    assert.deepEqual(apply(schema), { port: 80, tls: { on: false } });
    assert.deepEqual(config, { tls: {} });
    assert.ok(Object.isFrozen(apply(schema)["tls"]));
  });

  test("gives every plugin defaults of its own", () => {
    const schema = { properties: { list: { default: [] } } };
    assert.notEqual(apply(schema)["list"], apply(schema)["list"]);
  });

  test("lists every finding", () => {
    const schema = {
      type: "object",
      required: ["host"],
      properties: { port: { type: "integer" }, mode: { enum: ["a", "b"] }, list: { items: { type: "string" } } },
      additionalProperties: false,
    };
    assert.equal(
      problemOf(schema, { port: "x", mode: "c", list: ["a", 1], extra: 1 }),
      [
        'PLUGO_PLUGIN_CONFIG_INVALID The config of "a" in plugins_config.json:3:5 is not valid:',
        "config: must have required property 'host'",
        'config: has the unknown field "extra"',
        'config.port: must be integer, but it is "x"',
        'config.mode: must be one of ["a","b"]',
        "config.list.1: must be string, but it is the number 1",
      ].join("\n  - "),
    );
  });

  const badSchemas: readonly (readonly [title: string, schema: object, detail: RegExp])[] = [
    ["is not valid", { type: "no such type" }, /is not a valid JSON Schema: schema is invalid/],
    [
      "refers to the network",
      { $ref: "https://example.invalid/x.json" },
      /can't resolve reference https:\/\/example\.invalid/,
    ],
    ["refers to what is not there", { $ref: "#/definitions/x" }, /can't resolve reference/],
    ["has an unknown dialect", { $schema: "https://example.invalid/dialect" }, /no schema with key or ref/],
    ["has a bad pattern", { properties: { a: { pattern: "(" } } }, /is not a valid JSON Schema/],
  ];
  for (const [title, schema, detail] of badSchemas) {
    test(`finds the manifest at fault when the schema ${title}`, () => {
      const problem = problemOf(schema);
      assert.match(problem, /^PLUGO_MANIFEST_INVALID .*metadata\.json" is not valid:/);
      assert.match(problem, detail);
    });
  }

  test("knows the dialects draft-07, 2019-09 and 2020-12", () => {
    const config = { list: [1, "x"] };
    const tuple = { properties: { list: { prefixItems: [{ type: "integer" }, { type: "integer" }] } } };
    assert.match(
      problemOf({ $schema: "https://json-schema.org/draft/2020-12/schema", ...tuple }, config),
      /config\.list\.1: must be integer/,
    );
    const conditional = { dependentRequired: { list: ["other"] } };
    assert.match(
      problemOf({ $schema: "https://json-schema.org/draft/2019-09/schema", ...conditional }, config),
      /other/,
    );
    assert.deepEqual(apply({ $schema: "http://json-schema.org/draft-07/schema#", ...tuple }, config), config);
  });

  test("accepts unknown keywords and formats, and the same $id in two plugins", () => {
    const schema = { $id: "https://example.invalid/config", "x-hint": 1, properties: { mail: { format: "email" } } };
    assert.deepEqual(apply(schema, { mail: "anything" }), { mail: "anything" });
    assert.deepEqual(apply({ ...schema, type: "object" }, { mail: "other" }), { mail: "other" });
  });

  test("changes no prototype", () => {
    const config = JSON.parse('{ "__proto__": { "polluted": 1 } }') as Record<string, unknown>;
    apply({ type: "object" }, config);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
