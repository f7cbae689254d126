/**
 * What a comparison has seen: for each case and each point (a size, a framework, …) one value for each round. The values
 * of one round belong together: a ratio is that of two values of the same round. No values: it was not run.
 *
 * @param {readonly (string | number)[]} points
 * @param {readonly string[]} names of the cases
 */
export function createRecord(points, names) {
  const cases = Object.fromEntries(names.map((name) => [name, points.map(() => [])]));
  return {
    points: points.map(String),
    cases,
    /** @param {string | number} point @param {string} name @param {number} value */
    add(point, name, value) {
      cases[name][points.indexOf(point)].push(Number(value.toPrecision(6)));
    },
    /** @param {string | number} point @param {string} name */
    drop(point, name) {
      cases[name][points.indexOf(point)] = [];
    },
  };
}
