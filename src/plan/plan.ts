import type { PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Selected } from "../sources/source.ts";

/** One plugin's place in the plan. */
export interface PlanEntry {
  readonly name: string;
  readonly selected: Selected;
  /** The manifest; a module that stands for a plugin has a made-up one; `undefined` when it could not be read. */
  readonly manifest: Manifest | undefined;
  /** `ready` can run; the others are the phases of the same name, and say why in `problem`. */
  readonly status: "ready" | "disabled" | "blocked" | "failed";
  /** Why it cannot run; `null` when it is `ready`, or `disabled` because nothing wants it. */
  readonly problem: PlugoError | null;
  /** The names of its dependencies that are ready (optional ones too), in the order they are declared. */
  readonly dependencies: readonly string[];
  /** Those among `dependencies` without which it cannot run. */
  readonly required: readonly string[];
  /** The plugin's config after defaults, frozen. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The selection ordered by dependencies, with every plugin that cannot run and why. */
export interface Plan {
  /** Every selected plugin; those that are `ready` stand in activation order. */
  readonly entries: ReadonlyMap<string, PlanEntry>;
  /** The names of the plugins that are `ready`, dependencies first. */
  readonly order: readonly string[];
  /** Problems of the selection and of the plan, one for each fault; a blocked dependent has its own. */
  readonly problems: readonly PlugoError[];
}
