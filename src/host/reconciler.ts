import { setMaxListeners } from "node:events";
import type { Engine, FileOwners } from "../engine/engine.ts";
import { createNativeEngine } from "../engine/native-engine.ts";
import { createRunnerEngine } from "../engine/runner-engine.ts";
import { displayPath } from "../kernel/display-path.ts";
import type { Phase } from "../kernel/phase.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { diffPlan, type RunningPlugin, type Steps } from "../plan/diff-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Selection, Wish } from "../sources/source.ts";
import { AttemptContent } from "./attempt-content.ts";
import { AttemptMemory, type Standing } from "./attempt-memory.ts";
import { ChangeReports, type MadeReport } from "./change-reports.ts";
import { isFollowed, type ChangeRequest, type Touch } from "./change-request.ts";
import { runChange, type ChangeResult } from "./change.ts";
import { directoryOwners } from "./directory-owners.ts";
import { EndingGenerations } from "./ending-generations.ts";
import type { Generation } from "./generation.ts";
import { newHints, readInputs, selectFrom, type HostInputs } from "./host-inputs.ts";
import type { HostServices } from "./host-services.ts";
import { LeakWatch } from "./leak-watch.ts";
import { createContextFactory } from "./per-plugin.ts";
import { Planner } from "./planner.ts";
import { phaseWithout, PluginPhases } from "./plugin-phases.ts";
import type { ResolvedOptions } from "./resolve-options.ts";
import { Service } from "./service.ts";

let hosts = 0;

/**
 * The one loop: reads what is wanted, plans it, compares the plan with what runs, and makes the difference. Its changes
 * must be run one after the other.
 */
export class Reconciler {
  readonly runtimeWishes: Map<string, Wish> = new Map();
  readonly #options: ResolvedOptions;
  readonly #engine: Engine;
  readonly #services: HostServices;
  readonly #abort = new AbortController();
  readonly #phases: PluginPhases;
  readonly #service: Service;
  readonly #numbers = new Map<string, number>();
  readonly #endings: EndingGenerations;
  readonly #leaks: LeakWatch | undefined;
  readonly #memory = new AttemptMemory();
  readonly #reports: ChangeReports;
  readonly #planner: Planner;
  #inputs: HostInputs | undefined;
  #owners: FileOwners | undefined;
  #plan: Plan = { entries: new Map(), order: [], problems: [] };
  /** The plugins of the change under way that get a new generation. */
  #attempting: ReadonlySet<string> = new Set();
  /** The plugins that end in the change under way. */
  #leaving: ReadonlySet<string> = new Set();

  /** @throws PlugoError `PLUGO_NESTED_VIEW`. */
  constructor(options: ResolvedOptions) {
    this.#options = options;
    // Every plugin that has to be waited for listens to it.
    setMaxListeners(0, this.#abort.signal);
    const createEngine = options.engine === "native" ? createNativeEngine : createRunnerEngine;
    this.#engine = createEngine({ cacheFolder: options.cacheFolder, logger: options.logger });
    this.#reports = new ChangeReports(options.logger);
    this.#planner = new Planner(options);
    this.#phases = new PluginPhases((problem) => this.#reports.addFault(problem));
    this.#service = new Service(this.#phases);
    this.#endings = new EndingGenerations((generation) => this.#leaks?.track(generation));
    if (options.watchesLeaks) {
      this.#leaks = new LeakWatch({
        context: options.context,
        engine: this.#engine,
        inService: () => this.inService,
        ending: this.#endings,
        report: (problem) => this.#reports.addFault(problem),
      });
    }
    hosts += 1;
    this.#services = {
      logger: options.logger,
      engine: this.#engine,
      limits: options.limits,
      internals: {
        id: hosts,
        onSwap: (listener) => this.#service.onSwap(listener),
        isReturning: (name) => this.#service.isReturning(name),
        isChanging: (name) => this.#attempting.has(name) || this.#leaving.has(name),
        drainTimeoutMs: options.limits.drainTimeoutMs,
      },
      owners: { ownerOf: (file) => this.#owners!.ownerOf(file) },
      knownNames: () => this.#plan.entries.keys(),
      contextFor: createContextFactory(options.context),
      isLive: (generation) => this.#service.has(generation),
      reportFault: (problem) => this.#reports.addFault(problem),
      signal: this.#abort.signal,
    };
  }

  get inService(): ReadonlyMap<string, Generation> {
    return this.#service.generations;
  }

  get plan(): Plan {
    return this.#plan;
  }

  get revision(): number {
    return this.#service.revision;
  }

  /** What was read last. */
  get inputs(): HostInputs | undefined {
    return this.#inputs;
  }

  phaseOf(name: string): Phase {
    return this.#phases.get(name) ?? "disabled";
  }

  problemOf(name: string): PlugoError | null {
    return this.#memory.problems.get(name) ?? null;
  }

  reportFault(problem: PlugoError): void {
    this.#reports.addFault(problem);
  }

  /** Has what is being activated fail at once: the host is about to close. */
  abort(reason: unknown): void {
    this.#abort.abort(reason);
    // Nobody waits for what will not come back.
    this.#service.swap(this.inService);
  }

  /** Reads all sources anew. Throws what the first reading throws; see `readInputs`. */
  read(touch: Touch): HostInputs {
    const previous = this.#inputs;
    const inputs = readInputs(this.#options, previous, touch);
    if (inputs === previous) return inputs;
    if (inputs.scan !== previous?.scan) this.#owners = directoryOwners(this.#options.directories, inputs.scan);
    for (const hint of newHints(inputs, previous)) this.#options.logger.debug(hint);
    this.#inputs = inputs;
    return inputs;
  }

  /** What all sources want now. */
  select(inputs: HostInputs): Selection {
    return selectFrom(inputs, this.#options, {
      runtimeWishes: this.runtimeWishes.values(),
      lastManifest: (name) => this.inService.get(name)?.entry.manifest,
    });
  }

  /** Makes what runs equal to what is wanted. Throws only what the first reading throws. */
  async apply(request: ChangeRequest): Promise<MadeReport> {
    const startTime = performance.now();
    const startedAtMs = Date.now();
    const { revision } = this;
    this.#engine.refresh();
    const inputs = this.read(request);
    const { hotReload } = this.#options;
    const content = hotReload === null ? undefined : new AttemptContent(inputs.scan, startedAtMs);
    const loaded = new Set<string>();
    const stopped = new Set<string>();
    const settled = new Set<string>();
    const retried = new Set<string>();
    for (;;) {
      // What a replaced generation had pulled in may not be wanted any more: the selection is made for each pass.
      this.#plan = this.#planner.plan(inputs, this.runtimeWishes.values(), this.inService);
      const running = this.#running();
      const steps = diffPlan(
        this.#plan,
        running,
        this.#memory.factsFor(request, { settled, retried }, this.#standing(content)),
      );
      if (isFollowed(request)) for (const name of steps.attempts) content?.note(this.#plan.entries.get(name)!);
      const result = await this.#pass(steps, running, content, request.keepsModules);
      result.swapIn.forEach((_generation, name) => loaded.add(name));
      for (const name of result.stop) stopped.add(name);
      if (!mayNeedAnotherPass(this.#plan, steps, result, running)) break;
      // A start that a neighbour took with it gets a second chance; nothing else is tried twice in one change.
      for (const name of steps.attempts) {
        const isRetried = !running.has(name) && result.problems.get(name)?.code === "PLUGO_NOT_SWAPPED";
        if (isRetried && !retried.has(name)) retried.add(name);
        else settled.add(name);
      }
    }
    this.#engine.flush();
    this.#tellRestarts();
    return this.#reports.make({
      request,
      startTime,
      plan: this.#plan,
      inService: this.inService,
      stopped,
      phaseOf: (name) => this.phaseOf(name),
      loaded: [...this.inService.keys()].filter((name) => loaded.has(name)),
      hasSwapped: this.revision !== revision,
      problems: [...inputs.problems, ...this.#plan.problems, ...this.#memory.problems.values()],
    });
  }

  /** Ends everything, in reverse activation order. Never rejects. */
  async close(): Promise<MadeReport> {
    const startTime = performance.now();
    const ending = [...this.inService.values()].toReversed();
    this.#service.swap(new Map());
    // All drains run side by side.
    for (const generation of ending) {
      this.#phases.enter(generation.name, "draining");
      generation.retire();
    }
    for (const generation of ending) {
      // What was activated last ends first.
      await generation.end();
      this.#phases.enter(generation.name, "disabled");
    }
    await this.settled();
    this.#leaks?.close();
    this.#service.close();
    return this.#reports.make({
      request: { trigger: "close", changed: [] },
      startTime,
      plan: this.#plan,
      inService: this.inService,
      stopped: new Set(ending.map(({ name }) => name)),
      phaseOf: (name) => this.phaseOf(name),
      loaded: [],
      hasSwapped: ending.length > 0,
      problems: [],
    });
  }

  /** Resolves when every generation that is out of service has ended. */
  settled(): Promise<void> {
    return this.#endings.settled();
  }

  /** Says which files have changed that no reload brings in. */
  #tellRestarts(): void {
    for (const file of this.#engine.changedSinceImport()) {
      const facts = { file: displayPath(file), name: undefined };
      this.#reports.addFault(plugoError("PLUGO_RESTART_NEEDED", facts));
    }
  }

  #standing(content: AttemptContent | undefined): Standing {
    return {
      plan: this.#plan,
      inService: this.inService,
      isCurrent: (generation) => {
        // While the directories cannot be read, that is what is wrong, and not each plugin.
        if (this.#inputs?.isScanStale === true) return true;
        const { modules, watched } = generation;
        return (modules === undefined || this.#engine.isCurrent(modules)) && watched === generation.readWatched();
      },
      content,
    };
  }

  async #pass(
    steps: Steps,
    running: ReadonlyMap<string, RunningPlugin>,
    content: AttemptContent | undefined,
    keepsModules: ChangeRequest["keepsModules"],
  ): Promise<ChangeResult> {
    this.#attempting = new Set(steps.attempts);
    this.#leaving = steps.unwanted;
    const result = await runChange({
      plan: this.#plan,
      steps,
      running,
      inService: this.inService,
      services: this.#services,
      nextNumber: (name) => this.#nextNumber(name),
      onPhase: (name, phase) => {
        if (!this.inService.has(name)) this.#phases.enter(name, phase);
      },
      takeOut: (generations) => this.#takeOut(generations),
      problemOf: (name) =>
        this.problemOf(name) ??
        plugoError("PLUGO_NOT_ACTIVE", { name, reason: "it was not started." }, { plugin: name }),
      keepsModules,
    });
    this.#memory.note(steps, result, this.#standing(content));
    const leaving = [...this.inService.values()].filter(({ name }) => result.stop.has(name) || result.swapIn.has(name));
    // At the first load these are all, and in plan order.
    this.#service.swap(running.size === 0 ? result.swapIn : this.#successors(result));
    this.#attempting = new Set();
    this.#leaving = new Set();
    const ending = [...leaving, ...result.discarded];
    const busy = new Set(ending.map(({ name }) => name));
    if (this.inService.size < this.#plan.entries.size) {
      for (const name of this.#plan.entries.keys()) {
        if (!this.inService.has(name) && !busy.has(name)) this.#leave(name);
      }
    }
    for (const name of busy) {
      if (this.#phases.get(name) === "active" && !this.inService.has(name)) this.#phases.enter(name, "draining");
    }
    await this.#endings.endAll(ending, ({ name }) => this.#leave(name));
    return result;
  }

  /** What is in service after a change, in plan order. */
  #successors({ swapIn, stop }: ChangeResult): ReadonlyMap<string, Generation> {
    const next = new Map<string, Generation>();
    for (const name of this.#plan.entries.keys()) {
      const generation = swapIn.get(name) ?? (stop.has(name) ? undefined : this.inService.get(name));
      if (generation !== undefined) next.set(name, generation);
    }
    return next;
  }

  async #takeOut(generations: readonly Generation[]): Promise<void> {
    const names = new Set(generations.map(({ name }) => name));
    const mayReturn = this.#abort.signal.aborted ? [] : [...names].filter((name) => this.#attempting.has(name));
    this.#service.swap(new Map([...this.inService].filter(([name]) => !names.has(name))), new Set(mayReturn));
    for (const { name } of generations) this.#phases.enter(name, "draining");
    await this.#endings.endAll(generations, () => {});
    // Also the busy ones: what holds the resource must be gone.
    await Promise.all(generations.map((generation) => generation.end()));
  }

  /** A plugin without a generation stands where the plan, or its failed attempt, leaves it. */
  #leave(name: string): void {
    if (this.inService.has(name) || this.#attempting.has(name) || this.#endings.has(name)) return;
    const entry = this.#plan.entries.get(name);
    if (entry === undefined) this.#phases.forget(name);
    else this.#phases.enter(name, phaseWithout(entry, this.#memory.problems.get(name)?.code));
  }

  #running(): ReadonlyMap<string, RunningPlugin> {
    const running = new Map<string, RunningPlugin>();
    for (const [name, { dependencies, entry }] of this.inService) {
      running.set(
        name,
        dependencies.size === 0 ? alone : { dependencies: [...dependencies.keys()], required: entry.required },
      );
    }
    return running;
  }

  #nextNumber(name: string): number {
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    return number;
  }
}

const alone: RunningPlugin = { dependencies: [], required: [] };

/**
 * Whether what a pass has done can call for more: a start that a neighbour took with it, dependents of an optional
 * dependency that has come or gone, or what a replaced generation had pulled in. Most changes do not, and then nothing
 * is selected and planned twice.
 */
function mayNeedAnotherPass(
  plan: Plan,
  { attempts }: Steps,
  { problems, stop, swapIn }: ChangeResult,
  running: ReadonlyMap<string, RunningPlugin>,
): boolean {
  if (attempts.length === 0) return false;
  if (problems.size > 0) return true;
  // At the first load nothing stands on what was there before.
  if (running.size === 0) return false;
  if (stop.size > 0 || [...swapIn.keys()].some((name) => !running.has(name))) return true;
  for (const { selected } of plan.entries.values()) if (selected.source === "dependency") return true;
  return false;
}
