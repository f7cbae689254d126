import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import semver from "semver";
import { rangeText } from "#src/environments/consolidation/range-text.js";
import { intersection, versionSet, versionText } from "#src/environments/consolidation/version-set.js";
import { ranges, versions } from "./ranges.ts";

function meetOf(given: readonly string[]): ReturnType<typeof versionSet> {
  return given.map((range) => versionSet(range)).reduce((met, set) => intersection(met, set));
}

/** The text of what all ranges admit; empty when it is nothing. */
function meet(...given: readonly string[]): string {
  const set = meetOf(given);
  return set.length === 0 ? "" : rangeText(set, given);
}

describe("intersection", () => {
  test("is empty for three ranges of which each two have versions in common", () => {
    const three = [">=1 <3", ">=2 <4", "<2 || >=3"] as const;
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      assert.notEqual(meet(three[a], three[b]), "");
    assert.equal(meet(...three), "");
  });

  test("admits a version exactly when all ranges admit it", () => {
    fc.assert(
      fc.property(
        fc.array(ranges, { minLength: 1, maxLength: 5 }),
        fc.array(versions, { minLength: 30 }),
        (given, tried) => {
          const set = meetOf(given);
          const text = set.length === 0 ? undefined : rangeText(set, given);
          // The bounds themselves, and what is just beside them, are where mistakes show.
          for (const version of [...tried, ...neighbours(given)]) {
            const isMet = given.every((range) => semver.satisfies(version, range));
            assert.equal(
              text !== undefined && semver.satisfies(version, text),
              isMet,
              `${version} of ${text ?? "nothing"}`,
            );
          }
          const [lowest] = set;
          if (lowest === undefined) return;
          const version = versionText(lowest.from);
          assert.ok(
            given.every((range) => semver.satisfies(version, range)),
            `${version} is the lowest of ${text}`,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("does not depend on the order of the ranges", () => {
    fc.assert(
      fc.property(fc.array(ranges, { minLength: 2, maxLength: 4 }), (given) => {
        assert.equal(meet(...given.toReversed()), meet(...given));
      }),
    );
  });
});

describe("rangeText", () => {
  const cases: readonly (readonly [given: readonly string[], expected: string])[] = [
    [["^4.17.0", "^4.18.0"], "^4.18.0"],
    [["4.x", ">=4.0.0 <5.0.0"], "4.x"],
    [[">=4.0.0 <5.0.0-0", ">=3"], ">=4.0.0 <5.0.0-0"],
    [["^4.1.0", "<4.2"], "~4.1.0"],
    [["^1.2.3", "1.2.3"], "1.2.3"],
    [[">=1.2.3", "<=1.2.3"], "1.2.3"],
    [[">=4.0.0", "<5.0.0"], "^4.0.0"],
    [["^3 || ^4", "*"], "^3 || ^4"],
    [["*", ""], "*"],
    [["", ""], "*"],
    [["", "*"], "*"],
    [["", ">=0.0.0 || 3"], ">=0.0.0 || 3"],
    [["^3 || ^4", "^4 || ^5"], "^4.0.0"],
    [["^3 || ^4", ">=3.5"], ">=3.5.0 <5.0.0"],
    [["^1 || ^3", ">=1.5"], "^1.5.0 || ^3.0.0"],
    [[">1.0.0 <1.0.1"], ""],
    [[">2 <1"], ""],
    [["<2.0.0", ">=2.0.0-alpha"], ""],
    [[">=1.0.0-beta.1", ">=0.9.0"], ">=1.0.0"],
    [[">=1.0.0-beta.1", ">=1.0.0-alpha"], ">=1.0.0-beta.1"],
    [["^1.0.0-beta.2", ">=1.0.0-beta.1 <1.0.0"], ">=1.0.0-beta.2 <1.0.0"],
    [["1.0.0-beta.1", ">=1.0.0-alpha"], "1.0.0-beta.1"],
    [["1.0.0-beta.1", "*"], ""],
    [["~0.2.3", "^0.2.0"], "~0.2.3"],
    [["^0.0.3", "*"], "^0.0.3"],
    [["<9007199254740991.9007199254740991.9007199254740991", "<=1.2.9007199254740991"], "<=1.2.9007199254740991"],
  ];
  for (const [given, expected] of cases) {
    test(`is ${JSON.stringify(expected)} for ${given.map((range) => JSON.stringify(range)).join(" and ")}`, () => {
      assert.equal(meet(...given), expected);
    });
  }
});

/** What the ranges name, with the versions next to it. */
function neighbours(given: readonly string[]): readonly string[] {
  const named = given.flatMap((range) => range.match(/\d+\.\d+\.\d+(?:-[\w.]+)?/g) ?? []);
  return named.flatMap((version) => {
    const { major, minor, patch } = new semver.SemVer(version);
    const release = `${major}.${minor}.${patch}`;
    return [
      version,
      release,
      `${release}-0`,
      `${major}.${minor}.${patch + 1}`,
      `${major + 1}.0.0`,
      `${major + 1}.0.0-0`,
    ];
  });
}
