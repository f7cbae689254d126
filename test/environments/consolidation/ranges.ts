import fc from "fast-check";

// Few numbers, so that bounds meet.
const number = fc.integer({ min: 0, max: 3 });
const prerelease = fc.constantFrom("0", "alpha", "alpha.1", "beta", "beta.2", "rc.1");

/** A version, every third or so a prerelease. */
export const versions: fc.Arbitrary<string> = fc
  .tuple(number, number, number, fc.option(prerelease, { freq: 2 }))
  .map(([major, minor, patch, tag]) => `${major}.${minor}.${patch}${tag === null ? "" : `-${tag}`}`);

const xRange = fc
  .tuple(number, fc.constantFrom("", ".x", ".*", ".1", ".1.x", ".2.*"))
  .map(([major, rest]) => `${major}${rest}`);
const operator = fc.constantFrom("", "=", "^", "~", ">", ">=", "<", "<=");
const simple = fc.oneof(
  fc.tuple(operator, versions).map(([before, version]) => before + version),
  fc.tuple(fc.constantFrom("", "^", "~", ">", ">=", "<", "<="), xRange).map(([before, range]) => before + range),
  fc.constantFrom("*", "x"),
);
const side = fc.oneof(
  fc.array(simple, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" ")),
  fc.tuple(versions, versions).map(([from, to]) => `${from} - ${to}`),
);

/** A range as `package.json` may hold it: comparators, carets, tildes, x-ranges, hyphens, `||`, prereleases. */
export const ranges: fc.Arbitrary<string> = fc
  .array(side, { minLength: 1, maxLength: 3 })
  .map((sides) => sides.join(" || "));
