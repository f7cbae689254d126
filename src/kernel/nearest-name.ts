import { lazyRequire } from "./lazy-require.ts";

const loadLeven = lazyRequire<typeof import("leven")>("leven");

/** The name among `names` that `name` was probably meant to be, when one is near enough to be a slip. */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const { default: leven } = loadLeven();
  const limit = Math.max(1, Math.floor(Math.min(name.length, 64) / 3));
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = leven(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}
