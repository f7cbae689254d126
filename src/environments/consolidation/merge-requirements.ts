import { classifySpec } from "../needs/dependency-spec.ts";
import { rangeText } from "./range-text.ts";
import type { MergedRequirement, Requirement } from "./requirement.ts";
import { compareVersions, intersection, versionSet, type VersionSet } from "./version-set.ts";

/** All requirements of one package. */
export type Requirements = readonly [Requirement, ...Requirement[]];

/**
 * What all requirements of one package come to: the versions that every range admits, or what is not a range and the
 * same for all. `null` when nothing meets them all.
 */
export function mergeRequirements(all: Requirements): MergedRequirement | null {
  const wanted = rangesOf(all);
  if (wanted === null) return isSameForAll(all) ? merged(all, all[0].range, all[0].file) : null;
  const common = wanted.ranges.map(({ set }) => set).reduce((met, set) => intersection(met, set));
  return common.length === 0 ? null : merged(all, wanted.prefix + rangeText(common, textsOf(wanted.ranges)));
}

/**
 * Lets the highest range win: the one whose lowest version is the highest, narrowed by each other range that leaves a
 * version, in the order of their lowest versions, highest first (the shorter text first, where they are the same).
 *
 * @returns What the package comes to, and the requirements that are not met. `null` when there is no higher and lower:
 * one of them is no range, is empty by itself, or means another package.
 */
export function highestRequirement(
  all: Requirements,
): { readonly merged: MergedRequirement; readonly overruled: readonly Requirement[] } | null {
  const wanted = rangesOf(all);
  if (wanted === null || wanted.ranges.some(({ set }) => set.length === 0)) return null;
  const [highest, ...lower] = wanted.ranges.toSorted(highestFirst);
  if (highest === undefined) return null;
  const met = [highest];
  let common = highest.set;
  for (const range of lower) {
    const narrowed = intersection(common, range.set);
    if (narrowed.length === 0) continue;
    common = narrowed;
    met.push(range);
  }
  const isMet = new Set(met.map(({ requirement }) => requirement));
  return {
    merged: merged(all, wanted.prefix + rangeText(common, textsOf(met))),
    overruled: all.filter((requirement) => !isMet.has(requirement)),
  };
}

function merged(all: Requirements, range: string, file: string | null = null): MergedRequirement {
  return { range, file, isOptional: all.every(({ isOptional }) => isOptional) };
}

/** A path means a place; anything else is what is written. */
function isSameForAll([first, ...others]: Requirements): boolean {
  return others.every(({ file, range }) => (first.file === null ? range === first.range : file === first.file));
}

interface WantedRange {
  readonly requirement: Requirement;
  readonly text: string;
  readonly set: VersionSet;
}

interface WantedRanges {
  /** What stands before a range so that it is one of the package that is meant. */
  readonly prefix: string;
  readonly ranges: readonly WantedRange[];
}

/** `null` when not all of them are ranges of one package. */
function rangesOf(all: Requirements): WantedRanges | null {
  const ranges: WantedRange[] = [];
  const targets = new Set<string>();
  for (const requirement of all) {
    const range = rangeOf(requirement);
    if (range === null) return null;
    targets.add(range.target);
    ranges.push({ requirement, text: range.text, set: versionSet(range.text) });
  }
  const [target = ""] = targets;
  if (targets.size > 1) return null;
  return { prefix: target === all[0].package ? "" : `npm:${target}@`, ranges };
}

/** An alias is the package that it stands for. */
function rangeOf({ package: name, spec }: Requirement): { readonly target: string; readonly text: string } | null {
  if (spec.kind === "range") return { target: name, text: spec.range };
  if (spec.kind !== "alias") return null;
  const behind = classifySpec(spec.spec);
  return behind.kind === "range" ? { target: spec.name, text: behind.range } : null;
}

function textsOf(ranges: readonly WantedRange[]): readonly string[] {
  return ranges.map(({ text }) => text);
}

function highestFirst(a: WantedRange, b: WantedRange): number {
  const [lowestOfA, lowestOfB] = [a.set[0], b.set[0]];
  const difference =
    lowestOfA === undefined || lowestOfB === undefined ? 0 : compareVersions(lowestOfB.from, lowestOfA.from);
  return difference || a.text.length - b.text.length || (a.text < b.text ? -1 : 1);
}
