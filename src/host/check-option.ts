import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError } from "../kernel/plugo-error.ts";

/** @throws PlugoError `PLUGO_OPTION_INVALID` when it is not met. */
export function expectOption(option: string, expected: string, value: unknown, isMet: boolean): void {
  if (isMet) return;
  const actual = typeof value === "string" ? JSON.stringify(value) : value === null ? "null" : `a ${typeof value}`;
  throw plugoError("PLUGO_OPTION_INVALID", { option, expected, actual });
}

/**
 * Refuses an option that is not among the known ones.
 *
 * @param prefix What stands before its name, for an option within one.
 * @throws PlugoError `PLUGO_OPTION_UNKNOWN`.
 */
export function refuseUnknown(option: string, known: object, prefix = ""): void {
  if (Object.hasOwn(known, option)) return;
  const nearest = nearestName(option, Object.keys(known));
  throw plugoError("PLUGO_OPTION_UNKNOWN", { option: `${prefix}${option}`, nearest });
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
