/**
 * Counts rounds until there are enough or the time is over; three there are in any case. So a busy machine makes the
 * spread wider, and the benchmarks little longer.
 *
 * @param {number} rounds
 * @param {number} seconds
 */
export function* roundsWithin(rounds, seconds) {
  const end = performance.now() + seconds * 1_000;
  for (let round = 0; round < rounds && (round < 3 || performance.now() < end); round += 1) yield round;
}
