import type { Logger } from "../kernel/logger.ts";
import type { Wish } from "./source.ts";

/** Environment variables, as `process.env` has them. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The wishes of `ENABLED_PLUGINS`: a comma list, blanks dropped, each name once. */
export function enabledPlugins(env: EnvironmentVariables): readonly Wish[] {
  const list: unknown = env["ENABLED_PLUGINS"] ?? "";
  const names = new Set((typeof list === "string" ? list : "").split(",").map((name) => name.trim()));
  names.delete("");
  return Array.from(names, (name) =>
    Object.freeze({
      name,
      enabled: true,
      source: "env",
      reason: "enabled by ENABLED_PLUGINS",
      where: "ENABLED_PLUGINS",
      config: undefined,
      module: undefined,
    }),
  );
}

/** A boolean variable; one with another value counts as not set, and a warning says so. */
export function booleanVariable(
  env: EnvironmentVariables,
  name: string,
  fallback: boolean,
  logger: Pick<Logger, "warn">,
): boolean {
  const given: unknown = env[name];
  const written = typeof given === "string" ? given.trim() : "";
  if (written === "") return fallback;
  const value = words.get(written.toLowerCase());
  if (value !== undefined) return value;
  const shown = JSON.stringify(written.slice(0, 80));
  logger.warn(`${name} is ${shown}; it can be 1, true, yes, on, 0, false, no or off, and counts as ${fallback}`);
  return fallback;
}

const words: ReadonlyMap<string, boolean> = new Map([
  ...["1", "true", "yes", "on"].map((word) => [word, true] as const),
  ...["0", "false", "no", "off"].map((word) => [word, false] as const),
]);
