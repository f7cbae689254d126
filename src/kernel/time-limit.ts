/** What `withTimeLimit` resolves with when the time is up. */
export const timedOut: unique symbol = Symbol("timed out");

/**
 * The promise's result, or {@link timedOut} after `limitMs` milliseconds (0 = no limit) or when `signal` aborts.
 * Rejects as the promise does. A promise that settles later is never an unhandled rejection. The timer keeps the
 * process alive while it waits.
 */
export async function withTimeLimit<T>(
  promise: PromiseLike<T>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<T | typeof timedOut> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const limit = new Promise<typeof timedOut>((resolve) => {
    // Node.js turns longer delays into 1 ms.
    if (limitMs > 0) timer = setTimeout(resolve, Math.min(limitMs, 2 ** 31 - 1), timedOut);
    onAbort = () => resolve(timedOut);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
  }
}

/** Whether a value is a promise, or acts like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
