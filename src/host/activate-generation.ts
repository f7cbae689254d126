import { aboutPlugin, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import { describeFailure } from "./describe-failure.ts";
import { publishStep } from "./diagnostics.ts";
import type { FoundDefinition } from "./find-definition.ts";
import { GenerationScope } from "./generation-scope.ts";
import type { Generation } from "./generation.ts";
import { withinInitTime } from "./within-init-time.ts";

/** Nothing when it went well, else what went wrong. */
export type ActivationResult = PlugoError | undefined;

/**
 * Calls a plugin's `initPlugin`, and then what it gave to `beforeSwap`, together within the time limit. Returns a
 * promise only when the plugin does. Never throws; whatever had started by then is the generation's to undo.
 *
 * @param worked Whether an earlier generation was activated: a failure then often means a resource held twice.
 */
export function activateGeneration(
  generation: Generation,
  definition: FoundDefinition,
  worked: boolean,
): ActivationResult | Promise<ActivationResult> {
  const startTime = performance.now();
  const activation = activate(generation, definition, worked);
  if (!isThenable(activation)) return finish(generation, startTime, activation);
  const limited = withinInitTime(generation, activation, "PLUGO_INIT_TIMEOUT");
  return limited.then((problem) => finish(generation, startTime, problem));
}

function activate(
  generation: Generation,
  definition: FoundDefinition,
  worked: boolean,
): ActivationResult | Promise<ActivationResult> {
  try {
    const scope = new GenerationScope(generation);
    const api = definition.init(generation.services.contextFor(scope), scope);
    if (!isThenable(api)) return takeApi(generation, definition, api);
    return Promise.resolve(api).then(
      (awaited) => takeApi(generation, definition, awaited),
      (error: unknown) => initProblem(generation, error, worked),
    );
  } catch (error) {
    return initProblem(generation, error, worked);
  }
}

function takeApi(
  generation: Generation,
  { dispose }: FoundDefinition,
  api: unknown,
): ActivationResult | Promise<ActivationResult> {
  // One that settles after its time was over has been disposed by now.
  if (!generation.isCurrent) return undefined;
  generation.api = api;
  // The hook belongs to a plugin that started: one whose initPlugin throws has nothing but its scope.
  generation.disposeHook = dispose;
  try {
    const prepared = generation.prepareForService();
    return prepared?.then(
      () => undefined,
      (error: unknown) => preparationProblem(generation, error),
    );
  } catch (error) {
    return preparationProblem(generation, error);
  }
}

function initProblem(generation: Generation, error: unknown, worked: boolean): PlugoError {
  const { name } = generation;
  // One that is about another plugin only says what happened to this one.
  if (isPlugoError(error) && (error.plugin ?? name) === name) return aboutPlugin(error, name);
  const facts = { name, ...describeFailure(generation, error), worked };
  return plugoError("PLUGO_INIT_FAILED", facts, { plugin: name, cause: error });
}

function preparationProblem(generation: Generation, error: unknown): PlugoError {
  const { name } = generation;
  if (isPlugoError(error) && (error.plugin ?? name) === name) return aboutPlugin(error, name);
  const facts = { name, label: "beforeSwap", ...describeFailure(generation, error) };
  return plugoError("PLUGO_BEFORE_SWAP_FAILED", facts, { plugin: name, cause: error });
}

function finish(generation: Generation, startTime: number, problem: ActivationResult): ActivationResult {
  generation.timings.activateMs = performance.now() - startTime;
  publishStep("activate", generation, startTime, problem);
  return problem;
}
