import { findDependents } from "../kernel/graph.ts";

/** What is started, and when it may be. */
export interface OrderedStarts {
  /** In the order in which they start when nothing holds them back. */
  readonly names: readonly string[];
  readonly dependenciesOf: (name: string) => readonly string[];
  /** Whether nothing that it depends on has still to come. */
  readonly isReady: (name: string) => boolean;
  /** Starts one. A promise when it has to be waited for; it must not reject. */
  readonly start: (name: string) => Promise<void> | undefined;
}

/**
 * Starts all that can be started, each as soon as what it depends on is there: of those that may start at one moment,
 * the first in order comes first. One that has to be waited for holds back only its dependents. Resolves when nothing
 * is under way; what never became ready is left out. The cost grows with the number of names and dependencies only.
 */
export async function startInOrder({ names, dependenciesOf, isReady, start }: OrderedStarts): Promise<void> {
  const waiting = new Set<string>();
  const ended: string[] = [];
  const underWay = new Set<string>();
  let wake: (() => void) | undefined;

  const follow = async (name: string, started: Promise<void>): Promise<void> => {
    await started;
    underWay.delete(name);
    ended.push(name);
    wake?.();
  };
  const begin = (name: string): boolean => {
    const started = start(name);
    if (started === undefined) return false;
    underWay.add(name);
    void follow(name, started);
    return true;
  };

  names.forEach((name) => {
    if (isReady(name)) begin(name);
    else waiting.add(name);
  });
  if (underWay.size === 0) return;

  const positions = new Map(names.map((name, position) => [name, position]));
  const dependents = findDependents(names, dependenciesOf);
  const candidates: string[] = [];
  while (underWay.size > 0 || ended.length > 0) {
    if (ended.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    for (const name of ended.splice(0)) candidates.push(...(dependents.get(name) ?? []));
    while (candidates.length > 0) {
      candidates.sort((a, b) => positions.get(b)! - positions.get(a)!);
      const name = candidates.pop()!;
      if (!waiting.has(name) || !isReady(name)) continue;
      waiting.delete(name);
      if (!begin(name)) candidates.push(...(dependents.get(name) ?? []));
    }
  }
}
