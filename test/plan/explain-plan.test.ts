import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildPlan } from "#src/plan/build-plan.js";
import { explainPlan } from "#src/plan/explain-plan.js";
import { selectPlugins } from "#src/sources/select-plugins.js";
import { configWishes, scanOf } from "../sources/scan-of.ts";

describe("explainPlan", () => {
  test("writes one line per plugin, in plan order, with the version and the reason", () => {
    const scan = scanOf({
      a: { version: "1.2.0", dependencies: ["z"] },
      b: { dependencies: ["nope"] },
      c: {},
      z: {},
    });
    const config = configWishes(["b", true], ["a", true]);
    const selection = selectPlugins({ scan, config, env: [], list: [], runtime: [] });
    assert.deepEqual(explainPlan(buildPlan(selection, { coreVersion: undefined })).split("\n"), [
      "z 0.0.0 ready: needed by a",
      "a 1.2.0 ready: enabled in plugins_config.json",
      "b 0.0.0 blocked: b needs nope, which does not exist",
      "c 0.0.0 disabled: not enabled in the config",
    ]);
  });

  test("is empty without plugins", () => {
    const selection = selectPlugins({ scan: scanOf({}), config: undefined, env: [], list: [], runtime: [] });
    assert.equal(explainPlan(buildPlan(selection, { coreVersion: undefined })), "");
  });
});
