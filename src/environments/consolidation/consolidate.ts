import { highestRequirement, mergeRequirements, type Requirements } from "./merge-requirements.ts";
import type { DependencyConflict, MergedRequirement, Requirement } from "./requirement.ts";

/** What happens to a package that plugins want in versions that no version is at once. */
export type ConsolidationStrategy = "error" | "nest" | "highest";

/** What the requirements of all plugins come to. Every map and list is sorted. */
export interface Consolidation {
  /** By the package's name. Without those that every plugin gets as it wants them. */
  readonly merged: ReadonlyMap<string, MergedRequirement>;
  /** Every requirement, by the package's name. */
  readonly sources: ReadonlyMap<string, Requirements>;
  readonly conflicts: readonly DependencyConflict[];
  /** The conflicts that the strategy has no answer to. */
  readonly unsettled: readonly DependencyConflict[];
  /** What another plugin's higher range won over. */
  readonly overruled: readonly Requirement[];
}

/** Merges what plugins want, package by package. */
export function consolidate(all: Iterable<Requirement>, strategy: ConsolidationStrategy): Consolidation {
  const merged = new Map<string, MergedRequirement>();
  const sources = byPackage(all);
  const conflicts: DependencyConflict[] = [];
  const unsettled: DependencyConflict[] = [];
  const overruled: Requirement[] = [];
  for (const [name, requirements] of sources) {
    const common = mergeRequirements(requirements);
    if (common !== null) {
      merged.set(name, common);
      continue;
    }
    const conflict = conflictOf(name, requirements);
    conflicts.push(conflict);
    if (strategy === "nest") continue;
    const highest = strategy === "highest" ? highestRequirement(requirements) : null;
    if (highest === null) {
      unsettled.push(conflict);
      continue;
    }
    merged.set(name, highest.merged);
    overruled.push(...highest.overruled);
  }
  return { merged, sources, conflicts, unsettled, overruled };
}

function byPackage(all: Iterable<Requirement>): ReadonlyMap<string, Requirements> {
  const sorted = [...all].toSorted((a, b) => order(a.package, b.package) || order(a.plugin, b.plugin));
  const sources = new Map<string, [Requirement, ...Requirement[]]>();
  for (const requirement of sorted) {
    const others = sources.get(requirement.package);
    if (others === undefined) sources.set(requirement.package, [requirement]);
    else others.push(requirement);
  }
  return sources;
}

/** The same on every machine, whatever its language. */
function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function conflictOf(name: string, requirements: Requirements): DependencyConflict {
  return Object.freeze({
    package: name,
    requirements: Object.freeze(
      requirements.map(({ plugin, range, where }) => Object.freeze({ plugin, range: range || "*", where })),
    ),
  });
}
