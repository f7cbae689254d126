import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import { displayPath } from "../kernel/display-path.ts";
import { requirePackage } from "../kernel/lazy-require.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { freezeJson } from "./freeze-json.ts";
import type { Manifest } from "./manifest.ts";
import { describeJson } from "./must-be.ts";

/** A plugin's config after defaults, deeply frozen, or every finding in one error. */
export type ConfigResult = { readonly config: Readonly<Record<string, unknown>> } | { readonly problem: PlugoError };

/**
 * Checks a plugin's config with its `config_schema` and fills in the schema's defaults. `config` itself is not changed.
 * A schema that is not valid is the plugin's fault: PLUGO_MANIFEST_INVALID. Nothing is fetched for a `$ref`.
 *
 * @param where The place of the config's entry, for the message.
 */
export function applyConfigSchema(
  manifest: Manifest,
  config: Readonly<Record<string, unknown>> | undefined,
  where: string,
): ConfigResult {
  if (manifest.configSchema === null && config === undefined) return noConfig;
  const result = structuredClone(config ?? {});
  if (manifest.configSchema !== null) {
    const validate = validatorOf(manifest, manifest.configSchema);
    if (validate instanceof Error) return { problem: validate };
    if (!validate(result)) {
      const findings = findingsOf(validate.errors ?? []);
      const facts = { name: manifest.name, where, findings };
      return { problem: plugoError("PLUGO_PLUGIN_CONFIG_INVALID", facts, { plugin: manifest.name }) };
    }
  }
  freezeJson(result);
  return { config: result };
}

const noConfig: ConfigResult = Object.freeze({ config: Object.freeze({}) });
const validators = new WeakMap<Manifest, ValidateFunction | PlugoError>();

function validatorOf(manifest: Manifest, schema: object): ValidateFunction | PlugoError {
  let validator = validators.get(manifest);
  if (validator === undefined) {
    validator = compile(manifest, schema);
    validators.set(manifest, validator);
  }
  return validator;
}

function compile(manifest: Manifest, schema: object): ValidateFunction | PlugoError {
  const copy = structuredClone(schema);
  let ajv: Ajv | undefined;
  try {
    ajv = validatorFor(copy);
    return ajv.compile(copy);
  } catch (error) {
    const file = displayPath(manifest.file);
    const detail = error instanceof Error ? error.message : String(error);
    const findings = [`${file} config_schema: is not a valid JSON Schema: ${detail}`];
    return plugoError("PLUGO_MANIFEST_INVALID", { file, findings }, { plugin: manifest.name, cause: error });
  } finally {
    // Ajv would keep every schema that it ever compiled.
    ajv?.removeSchema(copy);
  }
}

/** Ajv is large: it is loaded when the first plugin declares a schema. */
function validatorFor(schema: { readonly $schema?: unknown }): Ajv {
  const dialect =
    typeof schema.$schema === "string" ? (/draft\/(2019-09|2020-12)\//.exec(schema.$schema)?.[1] ?? "") : "";
  let ajv = instances.get(dialect);
  if (ajv === undefined) {
    ajv = newAjv(dialect);
    instances.set(dialect, ajv);
  }
  return ajv;
}

const instances = new Map<string, Ajv>();

/** Unknown keywords and formats pass, as JSON Schema has it. `verbose` puts the value that was found into the errors. */
const options = {
  allErrors: true,
  useDefaults: true,
  verbose: true,
  strict: false,
  validateFormats: false,
  addUsedSchema: false,
  logger: false,
} as const;

function newAjv(dialect: string): Ajv {
  if (dialect === "2020-12") {
    const { Ajv2020 } = requirePackage<typeof import("ajv/dist/2020.js")>("ajv/dist/2020.js");
    return new Ajv2020(options);
  }
  if (dialect === "2019-09") {
    const { Ajv2019 } = requirePackage<typeof import("ajv/dist/2019.js")>("ajv/dist/2019.js");
    return new Ajv2019(options);
  }
  const { Ajv } = requirePackage<typeof import("ajv")>("ajv");
  return new Ajv(options);
}

function findingsOf(errors: readonly ErrorObject[]): readonly string[] {
  return errors.map(({ instancePath, message, keyword, params, data }) => {
    const field = `config${instancePath.replaceAll("/", ".")}`;
    const { allowedValues, additionalProperty } = params as Record<string, unknown>;
    if (keyword === "enum") return `${field}: must be one of ${JSON.stringify(allowedValues)}`;
    if (keyword === "additionalProperties")
      return `${field}: has the unknown field ${JSON.stringify(additionalProperty)}`;
    const found = keyword === "type" ? `, but it is ${describeJson(data)}` : "";
    return `${field}: ${message ?? keyword}${found}`;
  });
}
