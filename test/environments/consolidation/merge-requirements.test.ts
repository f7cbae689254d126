import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import semver from "semver";
import { consolidate, type ConsolidationStrategy } from "#src/environments/consolidation/consolidate.js";
import type { Requirement } from "#src/environments/consolidation/requirement.js";
import { versionSet, versionText } from "#src/environments/consolidation/version-set.js";
import { classifySpec } from "#src/environments/needs/dependency-spec.js";
import { ranges, versions } from "./ranges.ts";

/** What plugins `p0`, `p1`, … want of a package `pack`. */
function wanted(...specs: readonly string[]): readonly Requirement[] {
  return specs.map((range, index) => requirement(`p${index}`, range));
}

function requirement(plugin: string, range: string, isOptional = false): Requirement {
  const spec = classifySpec(range);
  const file = spec.kind === "file" ? `/plugins/${plugin}/${spec.path}` : null;
  return { package: "pack", plugin, range, spec, file, isOptional, where: `${plugin}:1:1` };
}

/** What the package comes to. */
function outcome(strategy: ConsolidationStrategy, requirements: readonly Requirement[]): unknown {
  const { merged, unsettled, overruled } = consolidate(requirements, strategy);
  if (unsettled.length > 0) return "unsettled";
  const range = merged.get("pack")?.range ?? "each its own";
  return overruled.length === 0 ? range : { range, overruled: overruled.map(({ plugin }) => plugin) };
}

describe("consolidate", () => {
  test("comes to the versions that all accept, or reports the conflict, for any ranges and tags", () => {
    const specs = fc.array(
      fc.oneof({ weight: 9, arbitrary: ranges }, { weight: 1, arbitrary: fc.constantFrom("latest", "next") }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(specs, fc.array(versions, { minLength: 40 }), (given, tried) => {
        const { merged, conflicts } = consolidate(wanted(...given), "error");
        const result = merged.get("pack");
        assert.equal(conflicts.length, result === undefined ? 1 : 0);
        if (given.some((spec) => semver.validRange(spec) === null)) {
          assert.equal(result?.range, new Set(given).size === 1 ? given[0] : undefined);
          return;
        }
        for (const version of tried) {
          const isMet = given.every((range) => semver.satisfies(version, range));
          assert.equal(result !== undefined && semver.satisfies(version, result.range), isMet, version);
        }
        assert.equal(conflicts[0]?.requirements.length ?? given.length, given.length);
      }),
      { numRuns: 2000 },
    );
  });

  test("lets the highest win so that every plugin that is not overruled is met", () => {
    fc.assert(
      fc.property(fc.array(ranges, { minLength: 2, maxLength: 5 }), (given) => {
        const { merged, overruled, unsettled } = consolidate(wanted(...given), "highest");
        const { range } = merged.get("pack") ?? {};
        if (range === undefined) return assert.equal(unsettled.length, 1);
        const losers = new Set(overruled.map(({ plugin }) => plugin));
        const [interval] = versionSet(range);
        const lowest = versionText(interval?.from ?? assert.fail(range));
        for (const [index, each] of given.entries()) {
          assert.equal(semver.satisfies(lowest, each), !losers.has(`p${index}`), `${lowest} in ${each}`);
        }
      }),
    );
  });

  const same: readonly (readonly [specs: readonly string[], expected: unknown])[] = [
    [["latest", "latest"], "latest"],
    [["latest", "^1.0.0"], "unsettled"],
    [["npm:other@^1.2.0", "npm:other@^1.0.0"], "npm:other@^1.2.0"],
    [["npm:other@^1.2.0", "^1.0.0"], "unsettled"],
    [["npm:pack@^1.2.0", "^1.0.0"], "^1.2.0"],
    [["npm:other@next", "npm:other@next"], "npm:other@next"],
    [["npm:other@next", "npm:other@^1"], "unsettled"],
    [["github:a/b#v1", "github:a/b#v1"], "github:a/b#v1"],
    [["github:a/b#v1", "github:a/b#v2"], "unsettled"],
    [["https://a.test/a.tgz", "https://a.test/a.tgz"], "https://a.test/a.tgz"],
    [["https://a.test/a.tgz", "https://a.test/b.tgz"], "unsettled"],
    [["workspace:*", "workspace:*"], "workspace:*"],
    [["workspace:*", "*"], "unsettled"],
    [["file:./lib"], "file:./lib"],
    // The same text in two folders means two folders.
    [["file:./lib", "file:./lib"], "unsettled"],
    [[">2 <1"], "unsettled"],
  ];
  for (const [specs, expected] of same) {
    test(`makes of ${specs.join(" and ")}: ${String(expected)}`, () => {
      assert.equal(outcome("error", wanted(...specs)), expected);
    });
  }

  test("takes two paths that lead to one folder for the same", () => {
    const [one, other] = wanted("file:../../lib", "file:../../lib").map((each) => ({ ...each, file: "/lib" }));
    assert.ok(one !== undefined && other !== undefined);
    assert.equal(outcome("error", [one, other]), "file:../../lib");
  });

  const highest: readonly (readonly [specs: readonly string[], expected: unknown])[] = [
    [["^1.0.0", "^2.0.0"], { range: "^2.0.0", overruled: ["p0"] }],
    // The lowest version decides, not where a range ends.
    [["<9", ">=3 <4", "^4.0.0"], { range: "^4.0.0", overruled: ["p1"] }],
    [["^3.0.0", "^4.1.0", "^4.0.0 <4.5"], { range: ">=4.1.0 <4.5.0", overruled: ["p0"] }],
    [["^1.0.0", "latest"], "unsettled"],
    [["^1.0.0", "npm:other@^2.0.0"], "unsettled"],
    [["^1.0.0", ">2 <1"], "unsettled"],
  ];
  for (const [specs, expected] of highest) {
    test(`lets the highest of ${specs.join(" and ")} win`, () => {
      assert.deepEqual(outcome("highest", wanted(...specs)), expected);
    });
  }

  test("keeps a package optional only when all who want it do", () => {
    const both = [requirement("p0", "^1.0.0", true), requirement("p1", "^1.0.0", true)] as const;
    assert.equal(consolidate(both, "error").merged.get("pack")?.isOptional, true);
    const one = [requirement("p0", "^1.0.0", true), requirement("p1", "^1.2.0")] as const;
    assert.deepEqual(consolidate(one, "error").merged.get("pack"), { range: "^1.2.0", file: null, isOptional: false });
  });

  test("reports each plugin of a conflict with its range and where that is written", () => {
    const { conflicts } = consolidate(wanted(">=1 <3", ">=2 <4", "<2 || >=3"), "nest");
    assert.deepEqual(conflicts, [
      {
        package: "pack",
        requirements: [
          { plugin: "p0", range: ">=1 <3", where: "p0:1:1" },
          { plugin: "p1", range: ">=2 <4", where: "p1:1:1" },
          { plugin: "p2", range: "<2 || >=3", where: "p2:1:1" },
        ],
      },
    ]);
  });
});
