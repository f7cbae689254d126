import { isDeepStrictEqual } from "node:util";
import type { Engine, FileOwners } from "../engine/engine.ts";
import { createNativeEngine } from "../engine/native-engine.ts";
import { createRunnerEngine } from "../engine/runner-engine.ts";
import type { Phase } from "../kernel/phase.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { diffPlan, type PluginFacts, type RunningPlugin, type Steps } from "../plan/diff-plan.ts";
import type { Plan, PlanEntry } from "../plan/plan.ts";
import type { Wish } from "../sources/source.ts";
import { runChange, type ChangeResult } from "./change.ts";
import { publishSwap } from "./diagnostics.ts";
import { directoryOwners } from "./directory-owners.ts";
import type { Generation } from "./generation.ts";
import { readInputs, type HostInputs } from "./host-inputs.ts";
import type { HostServices } from "./host-services.ts";
import { createContextFactory } from "./per-plugin.ts";
import type { LoadReport, Trigger } from "./plugin-host.ts";
import { phaseWithout, PluginPhases } from "./plugin-phases.ts";
import { describeChange, problemText } from "./report-lines.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** What a change is asked to do, beside making what runs equal to what is wanted. */
export interface ChangeRequest {
  readonly trigger: Trigger;
  /** What the change was asked for, for the report. */
  readonly changed: readonly string[];
  /** Whether a plugin is read from disk again, and tried again if it had failed. */
  readonly isTouched: (name: string) => boolean;
  /** Whether a plugin gets a new generation although nothing about it has changed. */
  readonly isForced: (name: string) => boolean;
}

let hosts = 0;

/**
 * The one loop: reads what is wanted, plans it, compares the plan with what runs, and makes the difference. It holds
 * the one mutable cell of the program, the map of the generations in service, which a swap replaces as a whole.
 * Its changes must be run one after the other.
 */
export class Reconciler {
  readonly runtimeWishes: Map<string, Wish> = new Map();
  readonly #options: ResolvedOptions;
  readonly #engine: Engine;
  readonly #services: HostServices;
  readonly #abort = new AbortController();
  readonly #swapListeners = new Set<() => void>();
  readonly #phases = new PluginPhases();
  readonly #numbers = new Map<string, number>();
  readonly #endings = new Set<Promise<void>>();
  /** The plan entries of attempts that came to nothing: they are not repeated before something changes. */
  readonly #failures = new Map<string, PlanEntry>();
  #inService: ReadonlyMap<string, Generation> = new Map();
  #inputs: HostInputs | undefined;
  #owners: FileOwners | undefined;
  #plan: Plan = { entries: new Map(), order: [], problems: [] };
  #problems: ReadonlyMap<string, PlugoError> = new Map();
  #known: ReadonlySet<string> = new Set();
  #faults: PlugoError[] = [];
  /** The plugins of the change under way that get a new generation. */
  #attempting: ReadonlySet<string> = new Set();
  #revision = 0;

  /** @throws PlugoError `PLUGO_NESTED_VIEW`. */
  constructor(options: ResolvedOptions) {
    this.#options = options;
    const createEngine = options.engine === "native" ? createNativeEngine : createRunnerEngine;
    this.#engine = createEngine({ cacheFolder: options.cacheFolder, logger: options.logger });
    const owners = (): FileOwners => this.#owners!;
    hosts += 1;
    this.#services = {
      logger: options.logger,
      engine: this.#engine,
      limits: options.limits,
      internals: { id: hosts, onSwap: (listener) => void this.#swapListeners.add(listener) },
      owners: { ownerOf: (file) => owners().ownerOf(file) },
      knownNames: () => this.#plan.entries.keys(),
      contextFor: createContextFactory(options.context),
      isLive: (generation) => this.#inService.get(generation.name) === generation,
      reportFault: (problem) => this.#reportFault(problem),
      signal: this.#abort.signal,
    };
  }

  get inService(): ReadonlyMap<string, Generation> {
    return this.#inService;
  }

  get plan(): Plan {
    return this.#plan;
  }

  get inputs(): HostInputs | undefined {
    return this.#inputs;
  }

  get revision(): number {
    return this.#revision;
  }

  phaseOf(name: string): Phase {
    return this.#phases.get(name) ?? "disabled";
  }

  problemOf(name: string): PlugoError | null {
    return this.#problems.get(name) ?? null;
  }

  /** Has what is being activated fail at once: the host is about to close. */
  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /** Reads all sources anew. Throws what the first reading throws; see `readInputs`. */
  read(isTouched: (name: string) => boolean): HostInputs {
    const before = {
      previous: this.#inputs,
      runtimeWishes: this.runtimeWishes.values(),
      lastManifest: (name: string): Manifest | undefined => this.#inService.get(name)?.entry.manifest,
    };
    const inputs = readInputs(this.#options, before, isTouched);
    if (inputs.scan !== this.#inputs?.scan) this.#owners = directoryOwners(this.#options.directories, inputs.scan);
    this.#inputs = inputs;
    return inputs;
  }

  /** Makes what runs equal to what is wanted. Throws only what the first reading throws. */
  async apply(request: ChangeRequest): Promise<LoadReport> {
    const startTime = performance.now();
    this.#engine.refresh();
    const inputs = this.read(request.isTouched);
    this.#plan = buildPlan(inputs.selection, { coreVersion: this.#options.coreVersion });
    const loaded = new Set<string>();
    const stopped = new Set<string>();
    const settled = new Set<string>();
    const retried = new Set<string>();
    for (;;) {
      const running = this.#running();
      const steps = diffPlan(this.#plan, running, this.#factsFor(request, settled));
      const result = await this.#pass(steps, running);
      for (const name of result.swapIn.keys()) loaded.add(name);
      for (const name of result.stop) stopped.add(name);
      // A start that a neighbour took with it gets a second chance; nothing else is tried twice in one change.
      for (const name of steps.attempts) {
        const isRetried = !running.has(name) && result.problems.get(name)?.code === "PLUGO_NOT_SWAPPED";
        if (isRetried && !retried.has(name)) retried.add(name);
        else settled.add(name);
      }
      if (steps.attempts.length === 0) break;
    }
    this.#engine.flush();
    return this.#report(
      request,
      startTime,
      [...this.#inService.keys()].filter((name) => loaded.has(name)),
      stopped,
    );
  }

  /** Ends everything, in reverse activation order. Never rejects. */
  async close(): Promise<LoadReport> {
    const startTime = performance.now();
    const ending = [...this.#inService.values()].reverse();
    this.#swap(new Map());
    for (const generation of ending) {
      this.#phases.enter(generation.name, "draining");
      generation.retire();
    }
    for (const generation of ending) {
      // oxlint-disable-next-line no-await-in-loop -- what was activated last ends first
      await generation.end();
      this.#phases.enter(generation.name, "disabled");
    }
    await this.settled();
    this.#swapListeners.clear();
    const request = { trigger: "close", changed: [] } as const;
    return this.#report(request, startTime, [], new Set(ending.map(({ name }) => name)));
  }

  /** Resolves when every generation that is out of service has ended. */
  async settled(): Promise<void> {
    while (this.#endings.size > 0) await Promise.all(this.#endings);
  }

  async #pass(steps: Steps, running: ReadonlyMap<string, RunningPlugin>): Promise<ChangeResult> {
    this.#attempting = new Set(steps.attempts);
    const result = await runChange({
      plan: this.#plan,
      steps,
      running,
      inService: this.#inService,
      services: this.#services,
      nextNumber: (name) => this.#nextNumber(name),
      onPhase: (name, phase) => {
        if (!this.#inService.has(name)) this.#phases.enter(name, phase);
      },
      takeOut: (generations) => this.#takeOut(generations),
    });
    this.#settle(steps, result);
    const leaving = [...this.#inService.values()].filter(
      ({ name }) => result.stop.has(name) || result.swapIn.has(name),
    );
    this.#swap(this.#successors(result));
    this.#attempting = new Set();
    const ending = [...leaving, ...result.discarded];
    const busy = new Set(ending.map(({ name }) => name));
    for (const name of this.#plan.entries.keys()) if (!busy.has(name)) this.#leave(name);
    await this.#endAll(ending);
    return result;
  }

  /** What is in service after a change, in plan order. */
  #successors({ swapIn, stop }: ChangeResult): ReadonlyMap<string, Generation> {
    const next = new Map<string, Generation>();
    for (const name of this.#plan.entries.keys()) {
      const generation = swapIn.get(name) ?? (stop.has(name) ? undefined : this.#inService.get(name));
      if (generation !== undefined) next.set(name, generation);
    }
    return next;
  }

  /** The swap: one assignment, and then the word to those who want to know. */
  #swap(next: ReadonlyMap<string, Generation>): void {
    const before = this.#inService;
    if (isSameSequence(before, next)) return;
    this.#inService = next;
    this.#revision += 1;
    let position = 0;
    for (const generation of next.values()) {
      generation.position = position;
      position += 1;
      this.#phases.enter(generation.name, "active");
    }
    for (const listener of this.#swapListeners) listener();
    const loaded = [...next].filter(([name, generation]) => before.get(name) !== generation).map(([name]) => name);
    publishSwap({ revision: this.#revision, loaded, stopped: [...before.keys()].filter((name) => !next.has(name)) });
  }

  async #takeOut(generations: readonly Generation[]): Promise<void> {
    const names = new Set(generations.map(({ name }) => name));
    this.#swap(new Map([...this.#inService].filter(([name]) => !names.has(name))));
    for (const { name } of generations) this.#phases.enter(name, "draining");
    await Promise.all(generations.map((generation) => generation.end()));
  }

  /** Ends generations: resolves when the idle ones have ended; busy ones end in the background. */
  async #endAll(generations: readonly Generation[]): Promise<void> {
    const idle = generations.filter((generation) => generation.isIdle);
    for (const generation of generations) {
      const { name } = generation;
      if (this.#phases.get(name) === "active" && !this.#inService.has(name)) this.#phases.enter(name, "draining");
      generation.retire();
    }
    for (const generation of generations) {
      const ending = generation.end().then(() => {
        this.#endings.delete(ending);
        this.#leave(generation.name);
      });
      this.#endings.add(ending);
    }
    await Promise.all(idle.map((generation) => generation.end()));
  }

  /** A plugin without a generation stands where the plan, or its failed attempt, leaves it. */
  #leave(name: string): void {
    if (this.#inService.has(name) || this.#attempting.has(name)) return;
    const entry = this.#plan.entries.get(name);
    if (entry === undefined) this.#phases.forget(name);
    else this.#phases.enter(name, phaseWithout(entry, this.#problems.get(name)?.code));
  }

  /** Takes note of what every plugin's problem is now, and of the attempts not to repeat. */
  #settle(steps: Steps, result: ChangeResult): void {
    const problems = new Map<string, PlugoError>();
    const attempted = new Set(steps.attempts);
    for (const [name, entry] of this.#plan.entries) {
      const before = this.#problems.get(name);
      const isOpen = steps.held.has(name) || (entry.status === "ready" && !this.#inService.has(name));
      const problem =
        entry.problem ?? result.problems.get(name) ?? (isOpen && !attempted.has(name) ? before : undefined);
      if (problem !== undefined) problems.set(name, problem);
      if (attempted.has(name) && problem !== undefined) this.#failures.set(name, entry);
      else if (problem === undefined) this.#failures.delete(name);
    }
    this.#problems = problems;
  }

  #running(): ReadonlyMap<string, RunningPlugin> {
    const running = new Map<string, RunningPlugin>();
    for (const [name, { dependencies, entry }] of this.#inService) {
      const names = dependencies.size === 0 ? none : [...dependencies.keys()];
      running.set(name, { dependencies: names, required: entry.required });
    }
    return running;
  }

  #factsFor({ isTouched, isForced }: ChangeRequest, settled: ReadonlySet<string>): PluginFacts {
    return {
      isOutdated: (name) => {
        // What this change has attempted is either new, or has a problem that says why not.
        if (settled.has(name)) return this.#problems.has(name);
        if (isForced(name)) return true;
        const generation = this.#inService.get(name)!;
        const entry = this.#plan.entries.get(name)!;
        if (!isMadeFrom(generation.entry, entry)) return true;
        const isSuspect = isTouched(name) || this.#failures.has(name);
        return isSuspect && generation.modules !== undefined && !this.#engine.isCurrent(generation.modules);
      },
      hasFailed: (name) => {
        if (settled.has(name)) return true;
        const failed = this.#failures.get(name);
        return failed !== undefined && !isTouched(name) && isMadeFrom(failed, this.#plan.entries.get(name)!);
      },
    };
  }

  #nextNumber(name: string): number {
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    return number;
  }

  #reportFault(problem: PlugoError): void {
    this.#faults.push(problem);
    this.#options.logger.warn(problemText(problem));
  }

  #report(
    request: Pick<ChangeRequest, "trigger" | "changed">,
    startTime: number,
    loaded: readonly string[],
    stopped: ReadonlySet<string>,
  ): LoadReport {
    const all = [...(this.#inputs?.problems ?? []), ...this.#plan.problems, ...this.#problems.values()];
    const current = new Map(all.map((problem) => [keyOf(problem), problem]));
    const fresh = [...current].filter(([key]) => !this.#known.has(key)).map(([, problem]) => problem);
    this.#known = new Set(current.keys());
    const problems = request.trigger === "close" ? this.#faults : [...fresh, ...this.#faults];
    this.#faults = [];
    const report: LoadReport = Object.freeze({
      trigger: request.trigger,
      changed: Object.freeze([...request.changed]),
      loaded: Object.freeze(loaded),
      problems: Object.freeze(problems),
      durationMs: performance.now() - startTime,
    });
    describeChange(this.#options.logger, report, { plan: this.#plan, inService: this.#inService, stopped, fresh });
    return report;
  }
}

const none: readonly string[] = [];

/** Whether a generation made from one plan entry would be the same made from the other, but for its files. */
function isMadeFrom(before: PlanEntry, now: PlanEntry): boolean {
  if (before === now) return true;
  return (
    before.manifest?.text === now.manifest?.text &&
    isDeepStrictEqual(before.config, now.config) &&
    isDeepStrictEqual(targetOf(before), targetOf(now))
  );
}

function isSameSequence(before: ReadonlyMap<string, Generation>, next: ReadonlyMap<string, Generation>): boolean {
  if (before.size !== next.size) return false;
  const others = next.values();
  for (const generation of before.values()) if (generation !== others.next().value) return false;
  return true;
}

function targetOf({ selected: { target } }: PlanEntry): unknown {
  return target?.kind === "folder" ? target.plugin.realPath : target?.module;
}

function keyOf(problem: PlugoError): string {
  return `${problem.plugin ?? ""} ${problem.code} ${problem.message}`;
}
