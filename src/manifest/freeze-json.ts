/** Values nested deeper than this are refused: nothing that people write comes near it. */
export const maxJsonDepth = 100;

/**
 * Freezes a JSON value and all that it holds, and returns how deep it is nested: more than {@link maxJsonDepth} when it
 * is deeper than that, and then not all of it is frozen.
 */
export function freezeJson(value: unknown): number {
  return freezeLevel(value, 0);
}

function freezeLevel(value: unknown, level: number): number {
  if (typeof value !== "object" || value === null || level > maxJsonDepth) return level;
  let deepest = level + 1;
  // A value that JSON.parse made has no fields but its own.
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    const held = (value as Record<string, unknown>)[key];
    if (typeof held === "object") deepest = Math.max(deepest, freezeLevel(held, level + 1));
  }
  Object.freeze(value);
  return deepest;
}
