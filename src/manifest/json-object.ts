import type { GenericSchema, ObjectEntries } from "valibot";
import { mustBe } from "./must-be.ts";

/** An object with these fields and any others. valibot's own takes a list for an object, too. */
export function jsonObject(v: typeof import("valibot"), entries: ObjectEntries, expected: string): GenericSchema {
  return v.pipe(v.unknown(), v.check(isJsonObject, mustBe(expected)), v.looseObject(entries));
}

/** An object of values that all have one schema, under keys that all have one schema. */
export function jsonRecord(
  v: typeof import("valibot"),
  key: GenericSchema<string, string>,
  value: GenericSchema,
  expected: string,
): GenericSchema {
  return v.pipe(v.unknown(), v.check(isJsonObject, mustBe(expected)), v.record(key, value));
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
