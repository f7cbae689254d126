import { plugoError } from "../kernel/plugo-error.ts";

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs what a signal ends instead of the process: it is told through `signal`, and has the time to take back what it has
 * begun.
 *
 * @param state What an interruption leaves, as part of a sentence.
 * @throws PlugoError `PLUGO_INTERRUPTED` when a signal came, whatever the work came to.
 */
export async function untilInterrupted<T>(state: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (): void => controller.abort(plugoError("PLUGO_INTERRUPTED", { state }));
  for (const name of names) process.on(name, onSignal);
  try {
    const result = await work(controller.signal);
    // One that came while nothing was awaited is heard only now.
    await new Promise((resolve) => setImmediate(resolve));
    controller.signal.throwIfAborted();
    return result;
  } finally {
    for (const name of names) process.off(name, onSignal);
  }
}
