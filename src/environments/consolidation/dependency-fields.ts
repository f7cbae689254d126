import { fileSpec } from "./file-spec.ts";

/** The dependency fields of a `package.json`, sorted; a field that would be empty is left out. */
export interface DependencyFields {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The fields of these packages. Names are sorted. */
export function dependencyFields(
  wanted: ReadonlyMap<string, { readonly range: string; readonly file: string | null; readonly isOptional: boolean }>,
  folder: string,
): DependencyFields {
  const fields: Record<"dependencies" | "optionalDependencies", Record<string, string>> = {
    dependencies: {},
    optionalDependencies: {},
  };
  for (const [name, each] of wanted) {
    fields[each.isOptional ? "optionalDependencies" : "dependencies"][name] = fileSpec(each, folder);
  }
  const filled = Object.entries(fields).filter(([, packages]) => Object.keys(packages).length > 0);
  return Object.fromEntries(filled.map(([field, packages]) => [field, sortedKeys(packages)]));
}

/** The same with its keys in order. */
export function sortedKeys<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
