import { isJsonObject } from "./json-object.ts";
import { isPluginName } from "./plugin-name.ts";

/** A metadata.json whose fields have the right types. */
export interface ManifestShape {
  readonly name?: string;
  readonly version?: string;
  readonly plugin_version?: string;
  readonly core_version?: string;
  readonly dependencies?: DependenciesShape;
  readonly optional_dependencies?: DependenciesShape;
  readonly entry?: string;
  readonly reload?: "swap" | "restart";
  readonly route_prefix?: string;
  readonly init_timeout_ms?: number;
  readonly config_schema?: Readonly<Record<string, unknown>>;
  readonly watch?: readonly string[];
}

export type DependenciesShape = readonly string[] | Readonly<Record<string, string>>;

/** What a look at the fields tells. */
export interface FieldsLook {
  /**
   * Whether they are plainly as `manifestSchema` wants them: what is accepted here the schema accepts too, and what is
   * not is left to the schema, which can say why.
   */
  readonly arePlain: boolean;
  /** The fields that plugo does not know. */
  readonly unknown: readonly string[];
}

/** A quick look at the fields, in place of the schema for the usual file. */
export function lookAtFields(metadata: Readonly<Record<string, unknown>>): FieldsLook {
  let arePlain = true;
  let unknown: string[] | undefined;
  // Without the list that Object.keys makes: this is done for every plugin.
  for (const key in metadata) {
    if (!Object.hasOwn(metadata, key)) continue;
    const expected = checks.get(key);
    const value = metadata[key];
    if (expected === undefined) (unknown ??= []).push(key);
    else if (expected === "string" ? typeof value !== "string" : !expected(value)) arePlain = false;
  }
  return arePlain && unknown === undefined ? usual : { arePlain, unknown: unknown ?? usual.unknown };
}

const usual: FieldsLook = Object.freeze({ arePlain: true, unknown: Object.freeze([]) });

/** The fields that plugo knows. */
export function manifestFields(): readonly string[] {
  return [...checks.keys()];
}

const isString = (value: unknown): boolean => typeof value === "string";
const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);

/** What a field must be: text, or what a function accepts. */
type Expected = "string" | ((value: unknown) => boolean);

const checks: ReadonlyMap<string, Expected> = new Map<string, Expected>([
  ["$schema", "string"],
  ["name", "string"],
  ["version", "string"],
  ["plugin_version", "string"],
  ["description", "string"],
  ["identifier", "string"],
  ["author", "string"],
  ["dependencies", isDependencies],
  ["optional_dependencies", isDependencies],
  ["core_version", "string"],
  ["entry", "string"],
  ["reload", (value) => value === "swap" || value === "restart"],
  ["route_prefix", (value) => typeof value === "string" && value.startsWith("/")],
  ["init_timeout_ms", (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31],
  ["config_schema", isJsonObject],
  ["watch", isStrings],
]);

function isDependencies(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isDependency);
  return isJsonObject(value) && Object.keys(value).every(isPluginName) && Object.values(value).every(isString);
}

function isDependency(value: unknown): boolean {
  if (typeof value !== "string" || value.includes("\n")) return false;
  const at = value.indexOf("@");
  return isPluginName(at === -1 ? value : value.slice(0, at));
}
