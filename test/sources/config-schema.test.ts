import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { parseConfig } from "#src/sources/read-config.js";

const { Ajv } = createRequire(import.meta.url)("ajv") as typeof import("ajv");

describe("schemas/plugins_config.json", () => {
  const file = new URL("../../../schemas/plugins_config.json", import.meta.url);
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(file, "utf8")) as object);
  const configs: readonly (readonly [config: unknown, valid: boolean])[] = [
    [{ plugins: [] }, true],
    [{ $schema: "x", plugins: [{ name: "a", enabled: true, config: { x: 1 }, note: 1 }], more: 1 }, true],
    [{}, false],
    [[], false],
    [{ plugins: {} }, false],
    [{ plugins: [{ name: "a" }] }, false],
    [{ plugins: [{ enabled: true }] }, false],
    [{ plugins: [{ name: "a", enabled: "true" }] }, false],
    [{ plugins: [{ name: "a", enabled: true, config: [] }] }, false],
    [{ plugins: ["a"] }, false],
  ];
  for (const [config, valid] of configs) {
    test(`agrees with plugo on ${JSON.stringify(config)}`, () => {
      assert.equal(validate(config), valid);
      if (valid) parseConfig(JSON.stringify(config), "x.json");
      else assert.throws(() => parseConfig(JSON.stringify(config), "x.json"), { code: "PLUGO_CONFIG_INVALID" });
    });
  }
});
