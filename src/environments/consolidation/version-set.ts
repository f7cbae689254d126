import type { Comparator, Range, SemVer } from "semver";
import { lazyRequire } from "../../kernel/lazy-require.ts";

/**
 * The versions that a range admits, as npm picks them: a prerelease counts only where the range names one of the same
 * `major.minor.patch`. Sorted; no interval is empty.
 */
export type VersionSet = readonly VersionInterval[];

/** From `from`, which is in it, to `to`, which is not; `to` is `null` when it has no end. */
export interface VersionInterval {
  readonly from: Version;
  readonly to: Version | null;
}

/**
 * A bound with a prerelease lets the prereleases of its `major.minor.patch` count; one without lets none count. So each
 * interval says by its bounds alone what is in it.
 */
export interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** Empty for a release. */
  readonly prerelease: readonly (string | number)[];
}

const semver = lazyRequire<typeof import("semver")>("semver");

/** @param range A range that semver takes. */
export function versionSet(range: string): VersionSet {
  const { Range: parsed } = semver();
  const { set }: Range = new parsed(range, { loose: true });
  return simplified(set.flatMap((comparators) => intervalOf(comparators)));
}

/** The versions that are in both. Prereleases count where they count in both. */
export function intersection(a: VersionSet, b: VersionSet): VersionSet {
  const parts = a.flatMap((one) =>
    b.flatMap((other) => {
      const counting = new Set([...countingPrereleases(one)].filter((text) => countingPrereleases(other).has(text)));
      const from = compareVersions(one.from, other.from) >= 0 ? one.from : other.from;
      return interval(from, earlierEnd(one.to, other.to), counting);
    }),
  );
  return simplified(parts);
}

export function isSameSet(a: VersionSet, b: VersionSet): boolean {
  return a.length === b.length && a.every((one, index) => isSameInterval(one, b[index]));
}

/** By precedence: negative when `a` is lower. */
export function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (const [index, part] of a.prerelease.entries()) {
    const other = b.prerelease[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    if (typeof part !== typeof other) return typeof part === "number" ? -1 : 1;
    return part < other ? -1 : 1;
  }
  return a.prerelease.length - b.prerelease.length;
}

export function versionText({ numbers, prerelease }: Version): string {
  return numbers.join(".") + (prerelease.length === 0 ? "" : `-${prerelease.join(".")}`);
}

/** The lowest version above: of a release the next patch release, of a prerelease the next prerelease. */
export function versionAfter({ numbers, prerelease }: Version): Version {
  if (prerelease.length > 0) return { numbers, prerelease: [...prerelease, 0] };
  const [major, minor, patch] = numbers;
  const isLast = patch === Number.MAX_SAFE_INTEGER;
  return { numbers: isLast ? [major, minor + 1, 0] : [major, minor, patch + 1], prerelease };
}

/** None or one: what one side of `||` admits. */
function intervalOf(comparators: readonly Comparator[]): readonly VersionInterval[] {
  let from: Version | null = null;
  let to: Version | null = null;
  const counting = new Set<string>();
  for (const { operator, semver: bound } of comparators) {
    // The comparator that admits everything has a symbol here.
    if (!(bound instanceof semver().SemVer)) continue;
    const version = versionOf(bound);
    // What `^1.2.0` ends with, `<2.0.0-0`, names a prerelease only to leave all of them out.
    const isLowest = operator === "<" && version.prerelease.length === 1 && version.prerelease[0] === 0;
    if (version.prerelease.length > 0 && !isLowest) counting.add(version.numbers.join("."));
    if (operator !== "<" && operator !== "<=") {
      const start = operator === ">" ? above(version) : version;
      if (from === null || compareVersions(start, from) > 0) from = start;
    }
    if (operator === "<" || operator === "<=" || (operator as string) === "" || (operator as string) === "=") {
      to = earlierEnd(to, operator === "<" ? version : above(version));
    }
  }
  return interval(from ?? lowest, to, counting);
}

/** The end of what holds a version, or the start of what does not. Whether prereleases count is decided by `interval`. */
function above(version: Version): Version {
  const next = versionAfter(version);
  return version.prerelease.length > 0 ? next : { ...next, prerelease: [0] };
}

/** A bound whose prereleases do not count is the release that they come before. */
function interval(from: Version, to: Version | null, counting: ReadonlySet<string>): readonly VersionInterval[] {
  const start = counted(from, counting);
  const end = to === null ? null : counted(to, counting);
  return end !== null && compareVersions(start, end) >= 0 ? [] : [{ from: start, to: end }];
}

function counted(bound: Version, counting: ReadonlySet<string>): Version {
  return bound.prerelease.length === 0 || counting.has(bound.numbers.join(".")) ? bound : { ...bound, prerelease: [] };
}

function countingPrereleases({ from, to }: VersionInterval): ReadonlySet<string> {
  const bounds = [from, to].filter((bound) => bound !== null && bound.prerelease.length > 0);
  return new Set(bounds.map((bound) => bound?.numbers.join(".") ?? ""));
}

/** The same versions in as few intervals as can be. */
function simplified(parts: readonly VersionInterval[]): VersionSet {
  const sorted = parts.toSorted((a, b) => compareVersions(a.from, b.from) || compareEnds(a.to, b.to));
  const result: VersionInterval[] = [];
  for (const part of sorted) {
    const last = result.at(-1);
    if (result.some((other) => contains(other, part))) continue;
    if (last !== undefined && contains(part, last)) result[result.length - 1] = part;
    else if (last !== undefined && continues(part, last)) result[result.length - 1] = { from: last.from, to: part.to };
    else result.push(part);
  }
  return result;
}

function contains(outer: VersionInterval, inner: VersionInterval): boolean {
  if (compareVersions(outer.from, inner.from) > 0 || compareEnds(outer.to, inner.to) < 0) return false;
  const counting = countingPrereleases(outer);
  return [...countingPrereleases(inner)].every((text) => counting.has(text));
}

/** Only between two releases: where prereleases count on one side, the joined interval would say otherwise. */
function continues(part: VersionInterval, last: VersionInterval): boolean {
  if (last.to === null || last.to.prerelease.length + part.from.prerelease.length > 0) return false;
  return compareVersions(part.from, last.to) <= 0 && compareEnds(part.to, last.to) > 0;
}

function earlierEnd(a: Version | null, b: Version | null): Version | null {
  return compareEnds(a, b) <= 0 ? a : b;
}

function compareEnds(a: Version | null, b: Version | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return compareVersions(a, b);
}

function isSameInterval(a: VersionInterval, b: VersionInterval | undefined): boolean {
  return b !== undefined && compareVersions(a.from, b.from) === 0 && compareEnds(a.to, b.to) === 0;
}

function versionOf({ major, minor, patch, prerelease }: SemVer): Version {
  return { numbers: [major, minor, patch], prerelease };
}

const lowest: Version = { numbers: [0, 0, 0], prerelease: [0] };
