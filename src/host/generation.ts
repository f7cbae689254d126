import { setMaxListeners } from "node:events";
import type { LoadedModules, OwnedTimers } from "../engine/engine.ts";
import { noPackages, type Provision } from "../environments/provisioner.ts";
import { prefixedLogger, type Logger } from "../kernel/logger.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { Scope, type Undo } from "../kernel/scope.ts";
import { isThenable, timedOut, withTimeLimit } from "../kernel/time-limit.ts";
import type { PlanEntry } from "../plan/plan.ts";
import type { FolderContent } from "../sources/folder-content.ts";
import { describeFailure } from "./describe-failure.ts";
import { publishStep } from "./diagnostics.ts";
import type { HostServices } from "./host-services.ts";
import { TimerOwner } from "./owned-timers.ts";

/** Finds the modules of a generation of another plugin: a promise while they load. */
export type ModulesOf = (plugin: string) => LoadedModules | Promise<LoadedModules> | undefined;

/** How far towards its end a generation has come; it only ever moves on. */
type Stage = "current" | "retired" | "disposing" | "ended";

/**
 * One evaluated copy of a plugin, from its making to its end: it owns everything that was started through its scope,
 * its timers, and the work in flight that keeps it from being disposed.
 */
export class Generation {
  readonly name: string;
  readonly number: number;
  /** The place in the plan that it was made from. */
  readonly entry: PlanEntry;
  readonly services: HostServices;
  /** The plugin's place in the plan's order, as of the latest swap. */
  position: number = neverInService;
  /** Its entry file, or the module that stands for it. */
  entryFile = "";
  /** Where its packages come from. */
  provision: Provision = noPackages;
  modules: LoadedModules | undefined;
  /** What the files that its manifest has watched held when it was loaded. */
  watched: FolderContent | undefined;
  /** What `initPlugin` returned. */
  api: unknown;
  /** An exported `disposePlugin`, or a definition's `dispose`. */
  disposeHook: (() => unknown) | undefined;
  readonly timings: { provisionMs: number; loadMs: number; activateMs: number } = {
    provisionMs: 0,
    loadMs: 0,
    activateMs: 0,
  };

  #dependencies: ReadonlyMap<string, Generation> = none;
  // What most plugins do without is made on first use: a set takes more memory than all else here.
  #dependents: Set<Generation> | undefined;
  #swapsOnlyWith: Set<string> | undefined;
  #whileLoading: ModulesOf | undefined;
  #stage: Stage = "current";
  #drain: Promise<void> | undefined;
  #end: Promise<void> | undefined;
  #scope: Scope | undefined;
  #timers: TimerOwner | undefined;
  /** Whose functions its files see as timers, when it has not loaded them itself. */
  #sharedTimers: TimerOwner | undefined;
  /** Until it is in service: the generation whose modules it has taken over. */
  #keptFrom: Generation | undefined;
  #logger: Logger | undefined;
  #preparations: (() => unknown)[] | undefined;
  #draining: AbortController | undefined;
  #disposal: AbortController | undefined;
  #holds = 0;
  #onIdle: (() => void) | undefined;

  constructor(entry: PlanEntry, number: number, services: HostServices) {
    this.name = entry.name;
    this.number = number;
    this.entry = entry;
    this.services = services;
  }

  /** The generations of its dependencies that it was activated with. */
  get dependencies(): ReadonlyMap<string, Generation> {
    return this.#dependencies;
  }

  set dependencies(generations: ReadonlyMap<string, Generation>) {
    this.#dependencies = generations;
    this.#whileLoading = undefined;
    if (generations.size === 0) return;
    for (const dependency of generations.values()) (dependency.#dependents ??= new Set()).add(this);
  }

  /** The plugins, beside its dependencies, without whose new generations it is not put in service. */
  get swapsOnlyWith(): ReadonlySet<string> {
    return this.#swapsOnlyWith ?? noNames;
  }

  swapOnlyWith(plugin: string): void {
    (this.#swapsOnlyWith ??= new Set()).add(plugin);
  }

  /** Whether it is being prepared, or in service: nothing has told it to end. */
  get isCurrent(): boolean {
    return this.#stage === "current";
  }

  /** Where its files find those of a dependency until it is known which generation it is activated with. */
  loadWith(dependency: ModulesOf): void {
    this.#whileLoading = dependency;
  }

  /** The modules of a dependency: also for an `import()` long after loading. */
  modulesOf(dependency: string): ReturnType<ModulesOf> {
    return this.#whileLoading?.(dependency) ?? this.#dependencies.get(dependency)?.modules;
  }

  /** Whether a swap has ever put it in service. */
  get hasServed(): boolean {
    return this.position !== neverInService;
  }

  get isLive(): boolean {
    return this.services.isLive(this);
  }

  /** Whether work is in flight that its end has to wait for. What was never in service is not waited for. */
  get isBusy(): boolean {
    return this.#holds > 0 && this.hasServed;
  }

  /**
   * The generations that stand on it and have to end before it does. One that is in service does not end: it stands on
   * an optional dependency that goes, and keeps what it has of it.
   */
  get endsAfter(): readonly Generation[] {
    return this.#dependents === undefined ? noGenerations : [...this.#dependents].filter(({ isLive }) => !isLive);
  }

  get logger(): Logger {
    return (this.#logger ??= prefixedLogger(this.services.logger, this.name));
  }

  get draining(): AbortSignal {
    this.#draining ??= createController(this.#stage !== "current");
    return this.#draining.signal;
  }

  get signal(): AbortSignal {
    this.#disposal ??= createController(this.#stage === "disposing" || this.#stage === "ended");
    return this.#disposal.signal;
  }

  defer(undo: Undo, label: string): void {
    if (this.#scope === undefined) {
      this.#scope = this.#createScope();
      if (this.#stage === "ended") void this.#scope.dispose();
    }
    this.#scope.defer(undo, label);
  }

  timers(): OwnedTimers {
    return this.#ownTimers().timers;
  }

  /**
   * Takes over the modules of the generation in service instead of loading them anew. Timers that they start belong to
   * this generation from now on, and to the other one again if this one never comes into service.
   */
  keepModules(other: Generation): void {
    this.modules = other.modules;
    this.provision = other.provision;
    this.entryFile = other.entryFile;
    this.watched = other.watched;
    this.#keptFrom = other;
    this.#sharedTimers = other.#sharedTimers ?? other.#ownTimers();
    this.#sharedTimers.handTo(this.#ownTimers());
  }

  /** Tells it that it is in service, and its place in the plan's order. */
  enterService(position: number): void {
    this.position = position;
    this.#keptFrom = undefined;
  }

  beforeSwap(prepare: () => unknown): void {
    (this.#preparations ??= []).push(prepare);
  }

  /** Runs what was given to `beforeSwap`. Throws, or rejects with, what the first failing one does. */
  prepareForService(): void | Promise<void> {
    if (this.#preparations !== undefined) return this.#prepareAll(this.#preparations);
  }

  hold(): Disposable {
    this.#holds += 1;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#holds -= 1;
        if (this.#holds === 0) this.#onIdle?.();
      },
    };
  }

  /** Tells it that it is out of service: `draining` aborts, and the drain time begins. */
  retire(): void {
    if (this.#stage !== "current") return;
    this.#stage = "retired";
    this.#draining?.abort();
    if (this.isBusy) this.#drain = this.#drained();
  }

  /**
   * Ends it: waits for what is in flight (up to the drain time) and for the generations that stand on it, and then
   * undoes everything it started. Those that stand on it must have been told to end before. Never rejects; calling it
   * again waits for the same end.
   */
  end(): Promise<void> {
    return (this.#end ??= this.#drainAndDispose());
  }

  async #drainAndDispose(): Promise<void> {
    this.retire();
    if (this.#keptFrom !== undefined) this.#sharedTimers?.handTo(this.#keptFrom.#ownTimers());
    this.#keptFrom = undefined;
    await this.#drain;
    const before = this.endsAfter;
    if (before.length > 0) await Promise.all(before.map((dependent) => dependent.end()));
    const startTime = performance.now();
    this.#stage = "disposing";
    this.#disposal?.abort();
    this.#timers?.clear();
    if (this.disposeHook !== undefined) await this.#runDisposeHook(this.disposeHook);
    if (this.#scope !== undefined) await this.#scope.dispose();
    this.#stage = "ended";
    this.#whileLoading = undefined;
    this.#timers?.close();
    for (const dependency of this.#dependencies.values()) dependency.#dependents?.delete(this);
    publishStep("dispose", this, startTime);
  }

  async #drained(): Promise<void> {
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    const timeoutMs = this.services.limits.drainTimeoutMs;
    if ((await withTimeLimit(idle, timeoutMs)) === timedOut) {
      const facts = { name: this.name, timeoutMs, holds: this.#holds };
      this.services.reportFault(plugoError("PLUGO_DRAIN_TIMEOUT", facts, { plugin: this.name }));
    }
  }

  async #runDisposeHook(hook: () => unknown): Promise<void> {
    // A scope of its own: it has the same time limit and the same faults as an undo, and runs before the others.
    const scope = this.#createScope();
    scope.defer(hook, "disposePlugin");
    await scope.dispose();
  }

  async #prepareAll(preparations: readonly (() => unknown)[]): Promise<void> {
    for (const prepare of preparations) {
      const result = prepare();
      // In the order they were given.
      if (isThenable(result)) await result;
    }
  }

  #createScope(): Scope {
    return new Scope(this.services.limits.disposeTimeoutMs, (fault) => {
      const { label } = fault;
      const origin = { plugin: this.name, ...(fault.kind === "threw" ? { cause: fault.error } : {}) };
      const problem: PlugoError =
        fault.kind === "threw"
          ? plugoError("PLUGO_UNDO_FAILED", { name: this.name, label, ...describeFailure(this, fault.error) }, origin)
          : plugoError("PLUGO_UNDO_TIMEOUT", { name: this.name, label, timeoutMs: fault.timeoutMs }, origin);
      this.services.reportFault(problem);
    });
  }

  #ownTimers(): TimerOwner {
    if (this.#timers === undefined) {
      this.#timers = this.#createTimers();
      if (this.#stage === "ended") this.#timers.close();
    }
    return this.#timers;
  }

  #createTimers(): TimerOwner {
    return new TimerOwner((error) => {
      const { detail, stack } = describeFailure(this, error);
      this.logger.error(`a timer threw: ${detail}${stack === "" ? "" : `\n${stack}`}`);
    });
  }
}

const none: ReadonlyMap<string, Generation> = new Map();
const noGenerations: readonly Generation[] = [];
const noNames: ReadonlySet<string> = new Set();
/** The position of a generation that no swap has put in service. */
const neverInService = -1;

function createController(aborted: boolean): AbortController {
  const controller = new AbortController();
  // One generation may well have more than ten streams that listen to its end.
  setMaxListeners(0, controller.signal);
  if (aborted) controller.abort();
  return controller;
}
