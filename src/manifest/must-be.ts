/** A message for valibot: what is expected, and what was found instead. */
export function mustBe(expected: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `must be ${expected}, but it is ${describeJson(input)}`;
}

/** A JSON value in a few words. */
export function describeJson(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return typeof value === "number" || typeof value === "boolean" ? `the ${typeof value} ${value}` : `a ${typeof value}`;
}
