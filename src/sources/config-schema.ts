import type { GenericSchema } from "valibot";
import { requirePackage } from "../kernel/lazy-require.ts";
import { jsonObject } from "../manifest/json-object.ts";
import { mustBe } from "../manifest/must-be.ts";

/**
 * The shape of a `plugins_config.json`, for editors and to explain a file that is not as expected. Names are checked
 * when plugins are selected, so that one bad name does not make the whole file useless.
 */
export function configSchema(): GenericSchema {
  return (schema ??= defineSchema(requirePackage<typeof import("valibot")>("valibot")));
}

let schema: GenericSchema | undefined;

function defineSchema(v: typeof import("valibot")): GenericSchema {
  const field = (value: GenericSchema, description: string): GenericSchema => v.pipe(value, v.description(description));
  const plugin = {
    name: field(v.string(mustBe("the name of a plugin's folder")), "The name of the plugin's folder."),
    enabled: field(v.boolean(mustBe("true or false")), "Whether the plugin is wanted."),
    config: v.optional(
      field(
        jsonObject(v, {}, "an object"),
        "What the plugin gets as plugin.config; its config_schema says what is possible.",
      ),
    ),
  };
  const config = {
    $schema: v.optional(field(v.string(mustBe("a string")), "The JSON Schema that editors check this file with.")),
    plugins: field(
      v.array(
        jsonObject(v, plugin, 'an object such as { "name": "sample_plugin", "enabled": true }'),
        mustBe("a list of plugins"),
      ),
      "The plugins of the application, in the order in which independent ones start. A plugin that is not listed runs " +
        "only when another one depends on it.",
    ),
  };
  return v.pipe(
    jsonObject(v, config, 'a JSON object such as { "plugins": [] }'),
    v.title("plugins_config.json of a plugo application"),
    v.description("Which plugins run, and with which config."),
  );
}
