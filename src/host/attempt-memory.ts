import type { PlugoError } from "../kernel/plugo-error.ts";
import type { PluginFacts, Steps } from "../plan/diff-plan.ts";
import type { Plan, PlanEntry } from "../plan/plan.ts";
import type { AttemptContent, AttemptedContent } from "./attempt-content.ts";
import type { ChangeRequest } from "./change-request.ts";
import type { ChangeResult } from "./change.ts";
import { noteFiles } from "./generation-files.ts";
import type { Generation } from "./generation.ts";
import { isMadeFrom } from "./made-from.ts";
import { OwnWrites } from "./own-writes.ts";

/** What is in service, and what is planned. */
export interface Standing {
  readonly plan: Plan;
  readonly inService: ReadonlyMap<string, Generation>;
  /** What is not on disk as a generation was made from it. */
  readonly changedFiles: (generation: Generation) => readonly string[];
  /** What attempts are made from; absent when nothing follows the disk, and each touch is a reason to try again. */
  readonly content: AttemptContent | undefined;
}

/** What this change has attempted already. */
export interface Attempted {
  /** Those that are not attempted again. */
  readonly settled: ReadonlySet<string>;
  /** Those that a neighbour took with it, and that get a second chance. */
  readonly retried: ReadonlySet<string>;
}

/** What an attempt that came to nothing was made from. */
interface FailedAttempt {
  readonly entry: PlanEntry;
  /** `undefined` when it is not known: then it is tried again whenever it is touched. */
  readonly content: AttemptedContent | undefined;
}

/** What every plugin's problem is, and which attempts came to nothing: those are not repeated for nothing. */
export class AttemptMemory {
  #problems: ReadonlyMap<string, PlugoError> = new Map();
  /** What the failed attempts were made from. */
  readonly #failures = new Map<string, FailedAttempt>();
  readonly #ownWrites: OwnWrites;

  /** @param report Told of what is wrong outside an attempt. */
  constructor(report: (problem: PlugoError) => void) {
    this.#ownWrites = new OwnWrites(report);
  }

  get problems(): ReadonlyMap<string, PlugoError> {
    return this.#problems;
  }

  /** Whether nothing is wrong, and nothing has failed. */
  get isEmpty(): boolean {
    return this.#problems.size + this.#failures.size === 0;
  }

  /** What the diff has to know of single plugins. */
  factsFor(request: ChangeRequest, { settled, retried }: Attempted, standing: Standing): Omit<PluginFacts, "heldBack"> {
    const { isTouched, isForced, isRetried } = request;
    const entryOf = (name: string): PlanEntry => standing.plan.entries.get(name)!;
    return {
      isOutdated: (name) => {
        // What this change has attempted is either new, or has a problem that says why not.
        if (settled.has(name)) return this.#problems.has(name);
        if (isForced(name)) return true;
        const generation = standing.inService.get(name)!;
        if (!isMadeFrom(generation.entry, entryOf(name))) return true;
        // What could not be brought in when it changed is looked at until it is.
        if (!isTouched(name) && !this.#problems.has(name)) return false;
        const changed = standing.changedFiles(generation);
        // What has failed is compared with what it failed with.
        return this.#failures.has(name) ? changed.length > 0 : this.#ownWrites.callForAttempt(name, changed);
      },
      hasFailed: (name) => {
        if (settled.has(name)) return true;
        if (retried.has(name)) return false;
        const failed = this.#failures.get(name);
        if (failed === undefined || isRetried(name)) return false;
        const entry = entryOf(name);
        if (!isMadeFrom(failed.entry, entry)) return false;
        if (!isTouched(name)) return true;
        if (failed.content === undefined || standing.content === undefined) return false;
        return !this.#ownWrites.callForAttempt(name, standing.content.changedSince(failed.content, entry));
      },
    };
  }

  /** Takes note of how a pass went. What was not attempted keeps its problem while nothing has mended it. */
  note(steps: Steps, result: ChangeResult, { plan, inService, content }: Standing): void {
    this.#ownWrites.forgetOthers((name) => plan.entries.has(name));
    const hadNone = this.isEmpty && result.problems.size === 0;
    if (hadNone && plan.problems.length === 0) return;
    // What stops or goes may start later beside other neighbours: what became of it then says nothing any more.
    for (const name of this.#failures.keys()) if (!plan.entries.has(name)) this.#failures.delete(name);
    for (const name of result.stop) this.#failures.delete(name);
    const problems = new Map<string, PlugoError>();
    const attempted = new Set(steps.attempts);
    for (const entry of plan.entries.values()) {
      if (hadNone && entry.problem === null) continue;
      const { name } = entry;
      const isOpen = steps.held.has(name) || (entry.status === "ready" && !inService.has(name));
      const before = isOpen && !attempted.has(name) ? this.#problems.get(name) : undefined;
      const problem = entry.problem ?? result.problems.get(name) ?? before;
      if (problem === undefined) {
        this.#failures.delete(name);
        continue;
      }
      problems.set(name, problem);
      if (attempted.has(name)) this.#failures.set(name, { entry, content: content?.attempted(entry) });
    }
    this.#problems = problems;
  }

  /** Takes note, when a change has ended, of what the plugins that it has attempted have written meanwhile. */
  noteWrites(attempted: Iterable<string>, { plan, inService, content }: Standing, durationMs: number): void {
    for (const name of attempted) {
      const entry = plan.entries.get(name);
      const generation = this.#failures.has(name) ? undefined : inService.get(name);
      if (entry === undefined || content === undefined) continue;
      const after = generation === undefined ? content.noteAfter(entry) : noteFiles(generation);
      this.#ownWrites.note(name, after, durationMs);
    }
  }
}
