/** JSON whose objects have their keys in order, so that equal values are equal texts. Maps count as objects. */
export function canonicalJson(value: unknown): string {
  if (value instanceof Map) return objectText([...(value as ReadonlyMap<string, unknown>)]);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) return objectText(Object.entries(value));
  return JSON.stringify(value) ?? "null";
}

function objectText(fields: [string, unknown][]): string {
  const ordered = fields.length < 2 ? fields : fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${ordered.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(",")}}`;
}
