import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { booleanVariable, enabledPlugins } from "#src/sources/read-environment-variables.js";
import { keepLines } from "../support/load.ts";

describe("enabledPlugins", () => {
  test("splits at commas, drops blanks and repetitions, and keeps the order", () => {
    const names = (value: string): readonly string[] =>
      enabledPlugins({ ENABLED_PLUGINS: value }).map((wish) => wish.name);
    assert.deepEqual(names(" b , a,, a,\t./x y.js ,"), ["b", "a", "./x y.js"]);
    assert.deepEqual(names(" "), []);
    assert.deepEqual(enabledPlugins({}), []);
  });

  test("makes wishes that name the variable", () => {
    assert.deepEqual(enabledPlugins({ ENABLED_PLUGINS: "a" }), [
      {
        name: "a",
        enabled: true,
        source: "env",
        reason: "enabled by ENABLED_PLUGINS",
        where: "ENABLED_PLUGINS",
        config: undefined,
        module: undefined,
      },
    ]);
  });
});

describe("booleanVariable", () => {
  const values: readonly (readonly [written: string | undefined, value: boolean | undefined])[] = [
    ["1", true],
    ["true", true],
    [" Yes ", true],
    ["ON", true],
    ["0", false],
    ["False", false],
    ["no", false],
    ["off", false],
    [undefined, undefined],
    ["", undefined],
    ["  ", undefined],
  ];
  for (const [written, value] of values) {
    test(`takes ${JSON.stringify(written)} for ${value ?? "the default"}`, () => {
      for (const fallback of [true, false]) {
        const logger = keepLines();
        assert.equal(booleanVariable({ FLAG: written }, "FLAG", fallback, logger), value ?? fallback);
        assert.deepEqual(logger.lines, []);
      }
    });
  }

  test("takes anything else for the default, and says so", () => {
    const logger = keepLines();
    assert.equal(booleanVariable({ FLAG: "maybe" }, "FLAG", true, logger), true);
    const line = 'warn FLAG is "maybe"; it can be 1, true, yes, on, 0, false, no or off, and counts as true';
    assert.deepEqual(logger.lines, [line]);
  });
});
