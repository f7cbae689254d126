import { setMaxListeners } from "node:events";
import type { Engine, FileOwners } from "../engine/engine.ts";
import { createNativeEngine } from "../engine/native-engine.ts";
import { createRunnerEngine } from "../engine/runner-engine.ts";
import { createProvisioner } from "../environments/create-provisioner.ts";
import { displayPath } from "../kernel/display-path.ts";
import type { Phase } from "../kernel/phase.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { diffPlan, type RunningPlugins, type Steps } from "../plan/diff-plan.ts";
import type { Plan, PlanEntry } from "../plan/plan.ts";
import type { Selection, Wish } from "../sources/source.ts";
import { isNeighboursFault, mayNeedAnotherPass } from "./another-pass.ts";
import { AttemptContent } from "./attempt-content.ts";
import { AttemptMemory, type Standing } from "./attempt-memory.ts";
import { BackgroundProvisions, type EndedInstallations } from "./background-provisions.ts";
import { ChangeReports, type MadeReport } from "./change-reports.ts";
import { isFollowed, type ChangeRequest, type Touch } from "./change-request.ts";
import { runChange, type ChangeResult } from "./change.ts";
import { directoryOwners } from "./directory-owners.ts";
import { EndingGenerations } from "./ending-generations.ts";
import { changedFiles } from "./generation-files.ts";
import type { Generation } from "./generation.ts";
import { newHints, readInputs, type HostInputs } from "./host-inputs.ts";
import type { HostServices } from "./host-services.ts";
import { LeakWatch } from "./leak-watch.ts";
import { createContextFactory } from "./per-plugin.ts";
import { Planner } from "./planner.ts";
import { phaseWithout, PluginPhases } from "./plugin-phases.ts";
import { provisionAttempts, type Provisions } from "./provision-attempts.ts";
import type { ResolvedOptions } from "./resolve-options.ts";
import { RunningGenerations } from "./running-generations.ts";
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
  readonly #installing: BackgroundProvisions;
  readonly #memory = new AttemptMemory((problem) => this.#reports.addFault(problem));
  readonly #reports: ChangeReports;
  readonly #planner: Planner;
  #inputs: HostInputs | undefined;
  #owners: FileOwners | undefined;
  #plan: Plan = { entries: new Map(), order: [], problems: [] };
  /** The plan that what runs has been made equal to, with nothing left to be done or wrong. */
  #settledPlan: Plan | undefined;
  /** The transforms of the latest change are written when its report has been given. */
  #flushing: NodeJS.Immediate | undefined;
  /** The plugins of the change under way that get a new generation. */
  #attempting: ReadonlySet<string> = new Set();
  /** The plugins that end in the change under way. */
  #leaving: ReadonlySet<string> = new Set();

  /**
   * @param onProvisioned Called when packages are there that changes were held back for, with the names of the plugins.
   * @throws PlugoError `PLUGO_NESTED_VIEW`.
   */
  constructor(options: ResolvedOptions, onProvisioned: (names: ReadonlySet<string>) => void) {
    this.#options = options;
    this.#installing = new BackgroundProvisions(onProvisioned);
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
      provisioner: createProvisioner(options.environments, options.logger),
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
    return this.#planner.select(inputs, this.runtimeWishes.values(), this.inService);
  }

  /** Makes what runs equal to what is wanted. Throws only what the first reading throws. */
  async apply(request: ChangeRequest): Promise<MadeReport> {
    const startTime = performance.now();
    const startedAtMs = Date.now();
    const { revision } = this;
    this.#flush();
    this.#engine.refresh();
    const inputs = this.read(request);
    const { hotReload, directories } = this.#options;
    const content = hotReload === null ? undefined : new AttemptContent(inputs.scan, directories, startedAtMs);
    const loaded = new Set<string>();
    const stopped = new Set<string>();
    const settled = new Set<string>();
    const retried = new Set<string>();
    const attempted = new Set<string>();
    const ended = this.#installing.takeEnded(request.isTouched);
    for (;;) {
      const before = this.#settledPlan;
      // What a replaced generation had pulled in may not be wanted any more: the selection is made for each pass.
      this.#plan = this.#planner.plan(inputs, this.runtimeWishes.values(), this.inService, before);
      this.#settledPlan = undefined;
      const among = this.#plan === before ? request.only : undefined;
      const running = new RunningGenerations(this.inService);
      const facts = this.#memory.factsFor(request, { settled, retried }, this.#standing(content));
      const { steps, provisions } = this.#provision(request, ended, (heldBack) =>
        diffPlan(this.#plan, running, { ...facts, heldBack }, among),
      );
      if (isFollowed(request)) for (const name of steps.attempts) content?.note(this.#plan.entries.get(name)!);
      const result = await this.#pass(steps, running, {
        content,
        among,
        provisions,
        keepsModules: request.keepsModules,
      });
      if (request.trigger !== "load") steps.attempts.forEach((name) => attempted.add(name));
      result.swapIn.forEach((_generation, name) => loaded.add(name));
      for (const name of result.stop) stopped.add(name);
      if (!mayNeedAnotherPass(this.#plan, steps, result, running, among)) break;
      // A start that a neighbour took with it gets a second chance; nothing else is tried twice in one change.
      for (const name of steps.attempts) {
        const isRetried = !running.has(name) && isNeighboursFault(result.problems.get(name));
        if (isRetried && !retried.has(name)) retried.add(name);
        else settled.add(name);
      }
    }
    // At the start that would be a look at every file.
    if (request.trigger !== "load") {
      this.#memory.noteWrites(attempted, this.#standing(content), performance.now() - startTime);
    }
    if (this.#memory.isEmpty && !inputs.isScanStale) this.#settledPlan = this.#plan;
    if (request.trigger === "load") this.#engine.flush();
    else this.#flushing = setImmediate(() => this.#flush());
    this.#tellRestarts();
    return this.#reports.make({
      request,
      startTime,
      plan: this.#plan,
      inService: this.inService,
      stopped,
      phaseOf: (name) => this.phaseOf(name),
      loaded: this.#inServiceOf(loaded).map(({ name }) => name),
      hasSwapped: this.revision !== revision,
      isCutOff: this.#abort.signal.aborted,
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
    for (const name of this.#plan.entries.keys()) {
      if (this.#phases.get(name) === "provisioning") this.#phases.enter(name, "disabled");
    }
    this.#flush();
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
      isCutOff: false,
      problems: [],
    });
  }

  /** Resolves when nothing is being installed, and every generation that is out of service has ended. */
  async settled(): Promise<void> {
    await this.#installing.settled();
    await this.#endings.settled();
  }

  #flush(): void {
    if (this.#flushing === undefined) return;
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    this.#engine.flush();
  }

  /** The generations in service of some plugins, in plan order. */
  #inServiceOf(names: Iterable<string>): readonly Generation[] {
    const generations: Generation[] = [];
    for (const name of names) {
      const generation = this.inService.get(name);
      if (generation !== undefined) generations.push(generation);
    }
    return generations.toSorted((left, right) => left.position - right.position);
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
      // While the directories cannot be read, that is what is wrong, and not each plugin.
      changedFiles: (generation) => (this.#inputs?.isScanStale === true ? [] : changedFiles(generation, this.#engine)),
      content,
    };
  }

  /**
   * Has the packages of the attempts installed, but for those whose installation has ended. What was saved does not wait
   * for an installation: who needs one is held back, and everything else is brought in.
   */
  #provision(
    request: ChangeRequest,
    ended: EndedInstallations,
    diff: (heldBack: ReadonlySet<string>) => Steps,
  ): { readonly steps: Steps; readonly provisions: Provisions } {
    const steps = diff(nobody);
    const entries: PlanEntry[] = [];
    const provisions: ReturnType<typeof provisionAttempts> = new Map();
    const heldBack = new Set<string>();
    for (const name of steps.attempts) {
      if (request.keepsModules(name)) continue;
      const provisioned = ended.get(name)?.provisioned;
      if (provisioned !== undefined) provisions.set(name, provisioned);
      else if (isFollowed(request) && this.#installing.has(name)) heldBack.add(name);
      else entries.push(this.#plan.entries.get(name)!);
    }
    provisionAttempts(entries, this.#services).forEach((provision, name) => provisions.set(name, provision));
    if (isFollowed(request)) {
      this.#installing.holdBack(provisions, this.#plan.entries).forEach((name) => heldBack.add(name));
    }
    if (heldBack.size === 0) return { steps, provisions };
    const now = diff(heldBack);
    this.#installing.addWaiting(now.waiting, ended);
    for (const name of [...heldBack, ...now.waiting]) {
      if (!this.inService.has(name)) this.#phases.enter(name, "provisioning");
    }
    return { steps: now, provisions };
  }

  async #pass(
    steps: Steps,
    running: RunningPlugins,
    { content, among, provisions, keepsModules }: PassInput,
  ): Promise<ChangeResult> {
    this.#attempting = new Set(steps.attempts);
    this.#leaving = steps.unwanted;
    const result = await runChange({
      plan: this.#plan,
      steps,
      running,
      inService: this.inService,
      services: this.#services,
      provisions,
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
    const leaving = this.#inServiceOf(new Set([...result.stop, ...result.swapIn.keys()]));
    // At the first load these are all, and in plan order.
    this.#service.swap(running.size === 0 ? result.swapIn : this.#successors(result, among));
    this.#attempting = new Set();
    this.#leaving = new Set();
    const ending = [...leaving, ...result.discarded];
    const busy = new Set(ending.map(({ name }) => name));
    if (this.inService.size < this.#plan.entries.size) {
      for (const name of among === undefined ? this.#plan.entries.keys() : steps.attempts) {
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
  #successors({ swapIn, stop }: ChangeResult, among: PassInput["among"]): ReadonlyMap<string, Generation> {
    const isInPlace =
      among !== undefined && stop.size === 0 && [...swapIn.keys()].every((name) => this.inService.has(name));
    // The order is that of the swap before: only values are replaced.
    if (isInPlace) return swapIn.size === 0 ? this.inService : withValues(this.inService, swapIn);
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
    if (this.#installing.has(name) || this.#installing.isAwaiting(name)) return;
    const entry = this.#plan.entries.get(name);
    if (entry === undefined) this.#phases.forget(name);
    else this.#phases.enter(name, phaseWithout(entry, this.#memory.problems.get(name)?.code));
  }

  #nextNumber(name: string): number {
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    return number;
  }
}

function withValues<T>(map: ReadonlyMap<string, T>, values: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const copy = new Map(map);
  for (const [key, value] of values) copy.set(key, value);
  return copy;
}

/** What a pass works with beside its steps. */
interface PassInput {
  readonly content: AttemptContent | undefined;
  /** When what runs was equal to the plan before: the plugins that have been looked at. */
  readonly among: ReadonlySet<string> | undefined;
  readonly provisions: Provisions;
  readonly keepsModules: ChangeRequest["keepsModules"];
}

const nobody: ReadonlySet<string> = new Set();
