import { compareVersions, isSameSet, versionAfter, versionSet, versionText } from "./version-set.ts";
import type { Version, VersionInterval, VersionSet } from "./version-set.ts";

/**
 * A range that admits exactly these versions: the shortest of `given` that does, as somebody has written it, else the
 * shortest that can be made. The set is not empty.
 */
export function rangeText(set: VersionSet, given: readonly string[]): string {
  const same = given.filter((range) => range !== "" && isSameSet(versionSet(range), set));
  const [shortest] = same.toSorted(byLength);
  return shortest ?? set.map((interval) => intervalText(interval)).join(" || ");
}

function intervalText({ from, to }: VersionInterval): string {
  const start = versionText(from);
  const isAll = start === "0.0.0";
  if (to === null) return isAll ? "*" : `>=${start}`;
  if (isSame(to, versionAfter(from))) return start;
  if (isSame(to, caretEnd(from))) return `^${start}`;
  if (isSame(to, { numbers: [from.numbers[0], from.numbers[1] + 1, 0], prerelease: [] })) return `~${start}`;
  return isAll ? `<${versionText(to)}` : `>=${start} <${versionText(to)}`;
}

/** The next version whose first number that is not zero is another. */
function caretEnd({ numbers: [major, minor, patch] }: Version): Version {
  const numbers: Version["numbers"] = major > 0 ? [major + 1, 0, 0] : minor > 0 ? [0, minor + 1, 0] : [0, 0, patch + 1];
  return { numbers, prerelease: [] };
}

function isSame(a: Version, b: Version): boolean {
  return compareVersions(a, b) === 0;
}

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
