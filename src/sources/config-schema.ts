import { createRequire } from "node:module";
import type { GenericSchema } from "valibot";
import { mustBe } from "../manifest/must-be.ts";

const require = createRequire(import.meta.url);

/**
 * The shape of a `plugins_config.json`, for editors and to explain a file that is not as expected. Names are checked
 * when plugins are selected, so that one bad name does not make the whole file useless.
 */
export function configSchema(): GenericSchema {
  return (schema ??= defineSchema());
}

let schema: GenericSchema | undefined;

function defineSchema(): GenericSchema {
  const v = require("valibot") as typeof import("valibot");
  const pluginEntry = v.looseObject(
    {
      name: v.pipe(
        v.string(mustBe("the name of a plugin's folder")),
        v.description("The name of the plugin's folder."),
      ),
      enabled: v.pipe(v.boolean(mustBe("true or false")), v.description("Whether the plugin is wanted.")),
      config: v.optional(
        v.pipe(
          v.looseObject({}, mustBe("an object")),
          v.description("What the plugin gets as plugin.config; its config_schema says what is possible."),
        ),
      ),
    },
    mustBe('an object such as { "name": "sample_plugin", "enabled": true }'),
  );
  return v.pipe(
    v.looseObject(
      {
        $schema: v.optional(
          v.pipe(v.string(mustBe("a string")), v.description("The JSON Schema that editors check this file with.")),
        ),
        plugins: v.pipe(
          v.array(pluginEntry, mustBe("a list of plugins")),
          v.description(
            "The plugins of the application, in the order in which independent ones start. A plugin that is not " +
              "listed runs only when another one depends on it.",
          ),
        ),
      },
      mustBe('a JSON object such as { "plugins": [] }'),
    ),
    v.title("plugins_config.json of a plugo application"),
    v.description("Which plugins run, and with which config."),
  );
}
