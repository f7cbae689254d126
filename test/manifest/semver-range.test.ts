import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import semver from "semver";
import { cleanVersion, isVersionRange, meetsRange } from "#src/manifest/semver-range.js";

const numbers = fc.oneof(fc.nat(30), fc.constantFrom("01", "", "x", 9_007_199_254_740_992));
const versions = fc
  .tuple(numbers, numbers, numbers, fc.constantFrom("", "-rc.1", "+build", "-"))
  .map(([a, b, c, tail]) => `${a}.${b}.${c}${tail}`);
const ranges = fc
  .tuple(fc.constantFrom("", "^", "~", ">=", "<", "=", "=>", ">", "!"), versions)
  .map(([operator, version]) => operator + version);

describe("cleanVersion", () => {
  test("agrees with semver, whichever way it takes", () => {
    fc.assert(fc.property(versions, (version) => assert.equal(cleanVersion(version), semver.valid(version))));
  });
});

describe("isVersionRange", () => {
  test("agrees with semver, whichever way it takes", () => {
    fc.assert(
      fc.property(
        fc.oneof(ranges, versions, fc.constantFrom("1", "1.2", "^1", "latest", "1 || 2", "workspace:*")),
        (range) => assert.equal(isVersionRange(range), semver.validRange(range) !== null),
      ),
    );
  });
});

describe("meetsRange", () => {
  test("counts prereleases like any other version, also when it is asked again", () => {
    for (let round = 0; round < 2; round += 1) {
      assert.equal(meetsRange("2.0.0-beta.1", ">=1.0.0"), true);
      assert.equal(meetsRange("2.0.0-beta.1", ">=2.0.0"), false);
      assert.equal(meetsRange("2.0.0-beta.1", "^1.0.0"), false);
    }
  });

  test("answers alike when it has forgotten earlier answers", () => {
    for (let minor = 0; minor < 2500; minor += 1) assert.equal(meetsRange(`1.${minor}.0`, "^1.0.0"), true);
    assert.equal(meetsRange("2.0.0", "^1.0.0"), false);
  });
});
