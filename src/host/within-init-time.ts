import { aboutPlugin, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { timedOut, withTimeLimit } from "../kernel/time-limit.ts";
import type { Generation } from "./generation.ts";

/**
 * The result of a step of a generation, or the problem of `code` when it takes longer than the plugin's (else the
 * host's) `initTimeoutMs`, or why it was given up: `PLUGO_CLOSED`, `PLUGO_ABORTED`. Rejects as the step does.
 */
export async function withinInitTime<T>(
  generation: Generation,
  step: Promise<T>,
  code: "PLUGO_LOAD_TIMEOUT" | "PLUGO_INIT_TIMEOUT",
): Promise<T | PlugoError> {
  const { name, entry, services } = generation;
  const timeoutMs = entry.manifest?.initTimeoutMs ?? services.limits.initTimeoutMs;
  const result = await withTimeLimit(step, timeoutMs, services.signal);
  if (result !== timedOut) return result;
  const { aborted, reason } = services.signal;
  if (aborted && isPlugoError(reason)) return aboutPlugin(reason, name);
  if (aborted) return plugoError("PLUGO_ABORTED", {}, { plugin: name, cause: reason });
  return plugoError(code, { name, timeoutMs }, { plugin: name });
}
