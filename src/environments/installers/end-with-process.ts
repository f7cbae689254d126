/** What ends with this process. */
const endings = new Set<() => void>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Has something called when this process exits, or when a signal is about to end it. Where somebody else listens to the
 * signal, that is for him to decide.
 *
 * @param end Must not wait for anything.
 */
export function endWithProcess(end: () => void): Disposable {
  if (endings.size === 0) {
    process.on("exit", endAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  endings.add(end);
  return {
    [Symbol.dispose]() {
      endings.delete(end);
      if (endings.size === 0) stopListening();
    },
  };
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  endAll();
  stopListening();
  // Now nobody listens, and it does what it does then.
  process.kill(process.pid, signal);
}

function endAll(): void {
  for (const end of endings) end();
}

function stopListening(): void {
  process.off("exit", endAll);
  for (const signal of signals) process.off(signal, onSignal);
}
