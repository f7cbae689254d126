import type { DependencySpec } from "../needs/dependency-spec.ts";

/** What one plugin wants of one package. */
export interface Requirement {
  readonly package: string;
  readonly plugin: string;
  /** As it is written. */
  readonly range: string;
  readonly spec: DependencySpec;
  /** The folder or archive that it means, an absolute path; `null` when it means none. */
  readonly file: string | null;
  readonly isOptional: boolean;
  /** Where it is written, as `file:line:column`. */
  readonly where: string;
}

/** What a package comes to. */
export interface MergedRequirement {
  /** What to write behind the package's name. */
  readonly range: string;
  /** As {@link Requirement.file}: `range` is then of no use in another folder. */
  readonly file: string | null;
  /** Whether all who want it can do without it. */
  readonly isOptional: boolean;
}

/** A package that plugins want in versions that no version is at once. */
export interface DependencyConflict {
  readonly package: string;
  /** Sorted by plugin. */
  readonly requirements: readonly ConflictingRequirement[];
}

/** What a plugin wants of a package that others want otherwise. */
export interface ConflictingRequirement {
  readonly plugin: string;
  /** As it is written in the plugin's `package.json`. */
  readonly range: string;
  /** Where it is written, as `file:line:column`. */
  readonly where: string;
}
