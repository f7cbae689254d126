import { setImmediate as nextTurn } from "node:timers/promises";

const sliceMs = 8;

/**
 * Yields the values of `values`, and lets the event loop go on before and in between, so that a long walk delays neither
 * its caller nor a request.
 */
export async function* inTimeSlices<T>(values: Iterable<T>): AsyncGenerator<T, void, undefined> {
  let until = 0;
  for (const value of values) {
    if (performance.now() >= until) {
      await nextTurn();
      until = performance.now() + sliceMs;
    }
    yield value;
  }
}
