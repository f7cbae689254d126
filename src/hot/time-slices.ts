import { setImmediate as nextTurn } from "node:timers/promises";

const sliceMs = 8;

/** Yields the values of `values`, and lets the event loop go on in between, so that a long walk delays no request. */
export async function* inTimeSlices<T>(values: Iterable<T>): AsyncGenerator<T, void, undefined> {
  let until = performance.now() + sliceMs;
  for (const value of values) {
    yield value;
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + sliceMs;
  }
}
