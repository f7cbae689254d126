/** Values nested deeper than this are refused: nothing that people write comes near it. */
export const maxJsonDepth = 100;

/** Freezes a JSON value and all that it holds, and returns how deep it is nested. Iterative: depth is no limit. */
export function freezeJson(value: unknown): number {
  if (!isHolder(value)) return 0;
  let level: object[] = [value];
  let depth = 0;
  while (level.length > 0) {
    depth += 1;
    const next: object[] = [];
    for (const holder of level) {
      Object.freeze(holder);
      for (const held of Object.values(holder)) if (isHolder(held)) next.push(held);
    }
    level = next;
  }
  return depth;
}

function isHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
