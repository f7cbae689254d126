import { mayFollow, type Phase } from "../kernel/phase.ts";
import { plugoError, type PlugoError, type PlugoErrorCode } from "../kernel/plugo-error.ts";
import type { PlanEntry } from "../plan/plan.ts";

/** The phase of every plugin of one host; every step is checked against the table. */
export class PluginPhases {
  readonly #phases = new Map<string, Phase>();
  readonly #onFault: (problem: PlugoError) => void;

  /** @param onFault Told of a step that the table does not allow: a fault of plugo, which must not stop a swap. */
  constructor(onFault: (problem: PlugoError) => void) {
    this.#onFault = onFault;
  }

  get(name: string): Phase | undefined {
    return this.#phases.get(name);
  }

  enter(name: string, phase: Phase): void {
    const current = this.#phases.get(name);
    if (current === phase) return;
    this.#phases.set(name, phase);
    if (mayFollow(current, phase)) return;
    const detail = `"${name}" went from ${current} to ${phase}`;
    this.#onFault(plugoError("PLUGO_INTERNAL", { detail }, { plugin: name }));
  }

  /** For a plugin that no source knows any more. */
  forget(name: string): void {
    this.#phases.delete(name);
  }
}

const blockingCodes: ReadonlySet<PlugoErrorCode> = new Set<PlugoErrorCode>([
  "PLUGO_CORE_VERSION",
  "PLUGO_DEPENDENCY_DISABLED",
  "PLUGO_DEPENDENCY_FAILED",
  "PLUGO_DEPENDENCY_MISSING",
  "PLUGO_DEPENDENCY_VERSION",
  "PLUGO_NOT_SWAPPED",
]);

/** Where a plugin without a generation stands: where the plan puts it, or where its attempt left it. */
export function phaseWithout(entry: PlanEntry, attemptCode: PlugoErrorCode | undefined): Phase {
  if (entry.status !== "ready") return entry.status;
  return attemptCode !== undefined && !blockingCodes.has(attemptCode) ? "failed" : "blocked";
}
