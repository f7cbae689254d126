import { aboutPlugin, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isThenable, timedOut, withTimeLimit } from "../kernel/time-limit.ts";
import { describeFailure } from "./describe-failure.ts";
import { publishStep } from "./diagnostics.ts";
import type { FoundDefinition } from "./find-definition.ts";
import { GenerationScope } from "./generation-scope.ts";
import type { Generation } from "./generation.ts";

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
  const { name, number, services } = generation;
  const finish = (problem: ActivationResult): ActivationResult => {
    const durationMs = performance.now() - startTime;
    generation.timings.activateMs = durationMs;
    const failure = problem === undefined ? {} : { error: problem };
    publishStep("activate", { plugin: name, generation: number, startTime, durationMs, ...failure });
    return problem;
  };
  const failInit = (error: unknown): ActivationResult => {
    // One that is about another plugin only says what happened to this one.
    if (isPlugoError(error) && (error.plugin ?? name) === name) return aboutPlugin(error, name);
    const facts = { name, ...describeFailure(generation, error), worked };
    return plugoError("PLUGO_INIT_FAILED", facts, { plugin: name, cause: error });
  };
  const failPreparation = (error: unknown): ActivationResult => {
    const facts = { name, label: "beforeSwap", ...describeFailure(generation, error) };
    return plugoError("PLUGO_BEFORE_SWAP_FAILED", facts, { plugin: name, cause: error });
  };
  const takeApi = (api: unknown): ActivationResult | Promise<ActivationResult> => {
    // One that settles after its time was over has been disposed by now.
    if (!generation.isCurrent) return undefined;
    generation.api = api;
    // The hook belongs to a plugin that started: one whose initPlugin throws has nothing but its scope.
    generation.disposeHook = definition.dispose;
    try {
      return generation.prepareForService()?.then(() => undefined, failPreparation);
    } catch (error) {
      return failPreparation(error);
    }
  };

  let activation: ActivationResult | Promise<ActivationResult>;
  try {
    const scope = new GenerationScope(generation);
    const api = definition.init(services.contextFor(scope), scope);
    activation = isThenable(api) ? Promise.resolve(api).then(takeApi, failInit) : takeApi(api);
  } catch (error) {
    activation = failInit(error);
  }
  return isThenable(activation) ? limited(generation, activation).then(finish) : finish(activation);
}

async function limited(generation: Generation, activation: Promise<ActivationResult>): Promise<ActivationResult> {
  const { limits, signal } = generation.services;
  const timeoutMs = generation.entry.manifest?.initTimeoutMs ?? limits.initTimeoutMs;
  const result = await withTimeLimit(activation, timeoutMs, signal);
  if (result !== timedOut) return result;
  if (signal.aborted) return plugoError("PLUGO_ABORTED", {}, { plugin: generation.name, cause: signal.reason });
  return plugoError("PLUGO_INIT_TIMEOUT", { name: generation.name, timeoutMs }, { plugin: generation.name });
}
