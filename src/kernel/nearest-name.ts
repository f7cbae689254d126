import { lazyRequire } from "./lazy-require.ts";

const loadLeven = lazyRequire<typeof import("leven")>("leven");

/**
 * The name among `names` that `name` was probably meant to be: another one, in which at most a third of the letters of
 * the shorter one differs, or nothing but the case.
 */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const { default: leven } = loadLeven();
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    if (candidate === name) continue;
    const limit = Math.min(bestDistance - 1, Math.floor(Math.min(name.length, candidate.length, 64) / 3));
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = leven(wanted, candidate.toLowerCase());
    if (distance <= limit) [best, bestDistance] = [candidate, distance];
  }
  return best;
}
