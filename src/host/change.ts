import { plugoError, isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import { blockedBy } from "../plan/blocked-by.ts";
import type { RunningPlugins, Steps } from "../plan/diff-plan.ts";
import type { Plan, PlanEntry } from "../plan/plan.ts";
import { settleChange, type AttemptOutcome, type Settlement } from "../plan/settle-change.ts";
import { activateGeneration, type ActivationResult } from "./activate-generation.ts";
import type { FoundDefinition } from "./find-definition.ts";
import { Generation, type ModulesOf } from "./generation.ts";
import type { HostServices } from "./host-services.ts";
import { loadGeneration, type LoadResult } from "./load-generation.ts";
import { linkTo, withProvision, type Provisions } from "./provision-attempts.ts";
import { restartGroup } from "./restart-group.ts";
import { startInOrder } from "./start-in-order.ts";

/** What a change works on. */
export interface ChangeInput {
  readonly plan: Plan;
  readonly steps: Steps;
  readonly running: RunningPlugins;
  /** The generations in service. */
  readonly inService: ReadonlyMap<string, Generation>;
  readonly services: HostServices;
  /** What the attempts get as their environments. */
  readonly provisions: Provisions;
  /** The number of a plugin's next generation. */
  readonly nextNumber: (name: string) => number;
  /** Called when an attempt, or a plugin that has to stop for it, enters a phase. */
  readonly onPhase: (name: string, phase: "provisioning" | "loading" | "activating") => void;
  /** Takes generations out of service before their successors are made, and resolves when they have ended. */
  readonly takeOut: (generations: readonly Generation[]) => Promise<void>;
  /** Why a plugin that is planned and not attempted does not run. */
  readonly problemOf: (name: string) => PlugoError;
  /** Whether a plugin's next generation takes over the modules of the one in service. */
  readonly keepsModules: (name: string) => boolean;
}

/** What a change came to. Nothing of it is in service yet. */
export interface ChangeResult {
  /** The new generations to put in service. */
  readonly swapIn: ReadonlyMap<string, Generation>;
  /** The names of the plugins whose generation in service ends without a successor. */
  readonly stop: ReadonlySet<string>;
  /** What went wrong with the attempts. */
  readonly problems: ReadonlyMap<string, PlugoError>;
  /** New generations that were thrown away, to be ended. */
  readonly discarded: readonly Generation[];
}

type AttemptState =
  | { readonly kind: "loading"; readonly loading: LoadResult | Promise<LoadResult> }
  | { readonly kind: "loaded"; readonly definition: FoundDefinition }
  | { readonly kind: "activating" }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly problem: PlugoError };

interface Attempt {
  readonly generation: Generation;
  readonly entry: PlanEntry;
  state: AttemptState;
}

const nothing: Settlement["thrownAway"] = new Map();
const ready: AttemptState = { kind: "ready" };
/** The dependencies of a plugin that has none. */
const alone = new Map<string, Generation>();

/**
 * One change: makes the new generations beside the old ones, and says what to put in service. Files are loaded in
 * parallel; `initPlugin` calls start in plan order, and one that waits holds back only its dependents. Nothing is
 * stopped before it is known that it can be replaced, but for plugins that restart: those go out when everything that
 * can fail without their resource has gone well.
 */
export async function runChange(input: ChangeInput): Promise<ChangeResult> {
  const { plan, steps, inService, services } = input;
  const attempts = new Map<string, Attempt>();
  const waiting: Attempt[] = [];
  let hasFailed = false;
  let thrownAwaySoFar: Settlement["thrownAway"] | undefined;

  steps.attempts.forEach(startLoading);
  for (const attempt of waiting) await takeLoaded(attempt);

  const restarting = restartGroup(steps.attempts, plan, inService);
  const { later } = restarting;
  await activateAll(later.size === 0 ? steps.attempts : steps.attempts.filter((name) => !later.has(name)));
  const takenOut = [...inService.values()].filter(({ name }) => restarting.out.has(name) && mayGo(name));
  if (takenOut.length > 0) await input.takeOut(takenOut);
  if (later.size > 0) await activateAll(steps.attempts.filter((name) => later.has(name)));

  const { swapIn, thrownAway, stop } = settle();
  const next = new Map<string, Generation>();
  swapIn.forEach((name) => {
    const { generation, state } = attempts.get(name)!;
    if (state.kind === "ready") next.set(name, generation);
  });
  const problems = new Map<string, PlugoError>();
  const discarded: Generation[] = [];
  attempts.forEach(({ entry, generation, state }, name) => {
    if (state.kind === "failed") problems.set(entry.name, state.problem);
    if (next.has(name)) return;
    discarded.push(generation);
    const old = inService.get(name);
    if (old !== undefined && old.provision !== generation.provision) linkTo(old, old.provision);
  });
  for (const [name, because] of thrownAway) {
    problems.set(name, plugoError("PLUGO_NOT_SWAPPED", { name, because }, { plugin: name }));
  }
  for (const old of takenOut) {
    if (next.has(old.name) || stop.has(old.name) || services.signal.aborted) continue;
    // What holds the resource must be gone before the old one comes back.
    const failed = discarded.filter(({ name }) => name === old.name);
    await Promise.all(failed.map((generation) => generation.end()));
    const problem = await restore(old);
    if (problem !== undefined) problems.set(old.name, problem);
  }
  return { swapIn: next, stop, problems, discarded };

  function startLoading(name: string): void {
    const entry = plan.entries.get(name)!;
    const current = inService.get(name);
    const generation = new Generation(entry, input.nextNumber(name), services);
    const provision = input.provisions.get(name);
    if (isThenable(provision)) input.onPhase(name, "provisioning");
    const loading = withProvision(generation, provision, () => {
      input.onPhase(name, "loading");
      const failing =
        entry.required.length === 0
          ? undefined
          : entry.required.find((dependency) => attempts.get(dependency)?.state.kind === "failed");
      if (failing !== undefined) return blockedBy(entry, failing, problemOf(failing));
      return loadGeneration(generation, {
        dependency: loadedModules,
        previous: current?.modules,
        previousWatched: current?.watched,
        keep: current !== undefined && input.keepsModules(name) ? current : undefined,
        restore: false,
      });
    });
    if (isThenable(loading)) {
      const attempt: Attempt = { generation, entry, state: { kind: "loading", loading } };
      attempts.set(name, attempt);
      waiting.push(attempt);
    } else if (isPlugoError(loading)) {
      const attempt: Attempt = { generation, entry, state: { kind: "failed", problem: loading } };
      attempts.set(name, attempt);
      fail(attempt, loading);
    } else {
      attempts.set(name, { generation, entry, state: { kind: "loaded", definition: loading } });
    }
  }

  async function takeLoaded(attempt: Attempt): Promise<void> {
    if (attempt.state.kind === "loading") setLoaded(attempt, await attempt.state.loading);
  }

  function setLoaded(attempt: Attempt, result: LoadResult): void {
    if (isPlugoError(result)) fail(attempt, result);
    else attempt.state = { kind: "loaded", definition: result };
  }

  function loadedModules(name: string): ReturnType<ModulesOf> {
    const attempt = attempts.get(name);
    if (attempt === undefined) return inService.get(name)?.modules;
    const { state, generation } = attempt;
    if (state.kind !== "loading") return generation.modules;
    return Promise.resolve(state.loading).then((loaded) => {
      if (isPlugoError(loaded)) throw loaded;
      return generation.modules!;
    });
  }

  /** Activates the attempts that may be, in plan order, each as soon as its dependencies are ready. */
  function activateAll(names: readonly string[]): Promise<void> {
    return startInOrder({
      names,
      dependenciesOf: (name) => attempts.get(name)!.entry.dependencies,
      isReady: (name) => isDecided(attempts.get(name)!),
      start: (name) => activate(attempts.get(name)!),
    });
  }

  /** Whether everything that it depends on in this change has gone well, or has failed. */
  function isDecided({ entry }: Attempt): boolean {
    if (entry.dependencies.length === 0) return true;
    return entry.dependencies.every((dependency) => {
      const state = attempts.get(dependency)?.state.kind ?? "ready";
      return state === "ready" || state === "failed";
    });
  }

  function activate(attempt: Attempt): Promise<void> | undefined {
    const { entry, generation, state } = attempt;
    if (state.kind !== "loaded" || !canProceed(entry.name)) return;
    const dependencies = entry.dependencies.length === 0 ? alone : dependenciesFor(entry);
    if (isPlugoError(dependencies)) return void fail(attempt, dependencies);
    generation.dependencies = dependencies;
    input.onPhase(entry.name, "activating");
    const activation = activateGeneration(generation, state.definition, inService.has(entry.name));
    if (!isThenable(activation)) return void setActivated(attempt, activation);
    attempt.state = { kind: "activating" };
    return activation.then((problem) => setActivated(attempt, problem));
  }

  /** The generations that a plugin is activated with, or why it cannot be. */
  function dependenciesFor(entry: PlanEntry): ReadonlyMap<string, Generation> | PlugoError {
    const dependencies = new Map<string, Generation>();
    for (const name of entry.dependencies) {
      const other = attempts.get(name);
      const isRequired = entry.required.includes(name);
      if (other?.state.kind === "ready") dependencies.set(name, other.generation);
      else if (other?.state.kind === "failed" && isRequired) return blockedBy(entry, name, other.state.problem);
      else if (other === undefined) {
        const current = inService.get(name);
        if (current !== undefined) dependencies.set(name, current);
        // It failed before, and is not tried again: what needs it now cannot run either.
        else if (isRequired) return blockedBy(entry, name, input.problemOf(name));
      }
    }
    return dependencies;
  }

  function setActivated(attempt: Attempt, problem: ActivationResult): void {
    if (problem === undefined) attempt.state = ready;
    else fail(attempt, problem);
  }

  function fail(attempt: Attempt, problem: PlugoError): void {
    attempt.state = { kind: "failed", problem };
    hasFailed = true;
    thrownAwaySoFar = undefined;
    // What it has started is undone at once, whatever the others still wait for.
    void attempt.generation.end();
  }

  function problemOf(name: string): PlugoError {
    const state = attempts.get(name)?.state;
    if (state?.kind !== "failed") throw new Error(`"${name}" has not failed.`);
    return state.problem;
  }

  /** Whether nothing that has failed so far makes its new generation useless. */
  function canProceed(name: string): boolean {
    if (attempts.get(name)?.state.kind === "failed") return false;
    // Where nothing runs, a fault takes nothing with it but its dependents.
    thrownAwaySoFar ??= input.running.size === 0 ? new Map() : settle().thrownAway;
    return !thrownAwaySoFar.has(name);
  }

  /** Whether a plugin in service goes out before its successor comes, or before it ends anyway. */
  function mayGo(name: string): boolean {
    return attempts.has(name) ? canProceed(name) : steps.unwanted.has(name);
  }

  function settle(): Settlement {
    const { unwanted, failing } = steps;
    // All goes well, most of the time.
    if (!hasFailed && unwanted.size + failing.size === 0) {
      return { swapIn: steps.attempts, thrownAway: nothing, stop: unwanted };
    }
    const outcomes = new Map<string, AttemptOutcome>();
    for (const { state, entry, generation } of attempts.values()) {
      const dependencies =
        generation.swapsOnlyWith.size === 0 ? entry.dependencies : [...entry.dependencies, ...generation.swapsOnlyWith];
      outcomes.set(entry.name, { ok: state.kind !== "failed", dependencies });
    }
    return settleChange(outcomes, input.running, steps);
  }

  /** Brings back a plugin that had to go first, from the sources it was made from. */
  async function restore(old: Generation): Promise<PlugoError | undefined> {
    const entry = old.entry;
    const dependencies = new Map<string, Generation>();
    for (const name of entry.dependencies) {
      const generation = next.get(name) ?? inService.get(name);
      if (generation === undefined || !old.dependencies.has(name)) continue;
      const isBack = !takenOut.includes(generation);
      if (isBack) dependencies.set(name, generation);
      else if (entry.required.includes(name)) return blockedBy(entry, name, problems.get(name)!);
    }
    const generation = new Generation(entry, input.nextNumber(old.name), services);
    input.onPhase(old.name, "activating");
    generation.entryFile = old.entryFile;
    linkTo(generation, old.provision);
    const loaded = await loadGeneration(generation, {
      dependency: (name) => dependencies.get(name)?.modules,
      previous: old.modules,
      previousWatched: old.watched,
      keep: undefined,
      restore: true,
    });
    generation.dependencies = dependencies;
    const problem = isPlugoError(loaded) ? loaded : await activateGeneration(generation, loaded, true);
    if (problem === undefined) next.set(old.name, generation);
    else discarded.push(generation);
    return problem;
  }
}
