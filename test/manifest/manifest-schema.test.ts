import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import type { ValidateFunction } from "ajv";
import * as fc from "fast-check";
import { safeParse } from "valibot";
import { manifestSchema } from "#src/manifest/manifest-schema.js";
import { lookAtFields, manifestFields } from "#src/manifest/manifest-shape.js";

const { Ajv } = createRequire(import.meta.url)("ajv") as typeof import("ajv");

/** Values that a field can have, right and wrong ones. */
const values = fc.oneof(
  fc.constantFrom<unknown>(
    "1.0.0",
    "swap",
    "/x",
    "a@^1.0.0",
    "__proto__",
    "constructor",
    "a b",
    "",
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 31,
    {},
    [],
  ),
  fc.array(fc.constantFrom<unknown>("a", "a@^1", "a@\n", "../x", "__proto__", "__proto__@1", 1, null, [])),
  fc.dictionary(fc.constantFrom("a", "a b", "name"), fc.constantFrom<unknown>("^1.0.0", "", 1, null)),
);
const manifests = fc.dictionary(fc.constantFrom(...manifestFields(), "unknown"), values, { maxKeys: 4 });

function compile(schema: object): ValidateFunction {
  return new Ajv({ strict: false }).compile(schema);
}

describe("manifestSchema", () => {
  test("accepts whatever the quick check accepts", () => {
    fc.assert(
      fc.property(manifests, (metadata) => {
        if (lookAtFields(metadata).arePlain) assert.ok(safeParse(manifestSchema(), metadata).success);
      }),
      { numRuns: 2000 },
    );
  });

  test("makes a JSON Schema that accepts whatever it accepts, and little else", () => {
    const validate = compile(toJsonSchema(manifestSchema(), { ignoreActions: ["check"], errorMode: "ignore" }));
    fc.assert(
      fc.property(manifests, (metadata) => {
        assert.equal(validate(metadata), safeParse(manifestSchema(), metadata).success);
      }),
      { numRuns: 2000 },
    );
  });

  test("knows the same fields as the quick check, each with a description", () => {
    const { properties = {} } = toJsonSchema(manifestSchema(), { errorMode: "ignore" });
    assert.deepEqual(Object.keys(properties).toSorted(), manifestFields().toSorted());
    for (const [name, property] of Object.entries(properties)) {
      assert.ok(typeof property === "object" && (property.description?.length ?? 0) > 10, name);
    }
  });
});

describe("schemas/metadata.json", () => {
  test("refuses wrong types and accepts a full manifest", () => {
    const file = new URL("../../../schemas/metadata.json", import.meta.url);
    const validate = compile(JSON.parse(readFileSync(file, "utf8")) as object);
    assert.ok(validate({ $schema: "x", name: "A", version: "1.0.0", dependencies: { a: "*" }, author: { name: "x" } }));
    assert.ok(validate({ plugin_version: "1.0.0", dependencies: ["a@^1.0.0"], anything: 1 }));
    for (const wrong of [[], { version: 1 }, { dependencies: "a" }, { dependencies: ["../a"] }, { reload: "x" }]) {
      assert.equal(validate(wrong), false, JSON.stringify(wrong));
    }
  });
});
