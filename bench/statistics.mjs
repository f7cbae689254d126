/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, smallest and largest, as text. @param {readonly number[]} values @param {number} digits */
export function spread(values, digits = 1) {
  const format = (value) => value.toFixed(digits);
  return `${format(median(values))} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}

/** @param {readonly number[]} values @param {number} share 0.99 for the value that 99 % are not above */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

/**
 * The interval that holds the median with a certainty of 95 %, by drawing from the values again and again.
 *
 * @param {readonly number[]} values
 * @returns {[low: number, high: number]}
 */
export function medianInterval(values) {
  const medians = Array.from({ length: 2_000 }, () =>
    median(values.map(() => values[Math.floor(Math.random() * values.length)])),
  );
  return [percentile(medians, 0.025), percentile(medians, 0.975)];
}
