const silenced = new Set<string>();

/**
 * Runs `action` without the one ExperimentalWarning of the feature that its message begins with. Node.js gives it once,
 * in the synchronous part of the action; every other warning passes.
 */
export function withoutExperimentalWarning<Result>(feature: string, action: () => Result): Result {
  if (silenced.has(feature)) return action();
  silenced.add(feature);
  const emitWarning = Reflect.get(process, "emitWarning") as (...args: unknown[]) => void;
  const guarded = (warning: string | Error, ...rest: unknown[]): void => {
    const [options] = rest;
    const type = typeof options === "object" && options !== null ? (options as { type?: unknown }).type : options;
    if (type === "ExperimentalWarning" && String(warning).startsWith(feature)) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = guarded;
  try {
    return action();
  } finally {
    process.emitWarning = emitWarning;
  }
}
