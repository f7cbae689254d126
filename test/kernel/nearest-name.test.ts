import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nearestName } from "#src/kernel/nearest-name.js";

describe("nearestName", () => {
  test("finds the name that a slip was meant to be", () => {
    const names = ["auth", "sample", "Sessions", "dependencies"];
    const slips = { authh: "auth", smaple: "sample", sessions: "Sessions" };
    for (const [slip, meant] of Object.entries(slips)) assert.equal(nearestName(slip, names), meant, slip);
    assert.equal(nearestName("dependancies", names), "dependencies");
    assert.equal(nearestName("sample2", ["sample", "sample3"]), "sample");
  });

  test("suggests no far-off name, and never the name itself", () => {
    assert.equal(nearestName("b", ["a", "c", "ab"]), undefined);
    assert.equal(nearestName("b", ["b"]), undefined);
    assert.equal(nearestName("db", ["ui", "dx"]), undefined);
    assert.equal(nearestName("cache", ["match", "auth"]), undefined);
    assert.equal(nearestName("B", ["b"]), "b");
  });
});
