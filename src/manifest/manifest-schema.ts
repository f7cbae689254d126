import { createRequire } from "node:module";
import type { GenericSchema } from "valibot";
import { mustBe } from "./must-be.ts";
import { pluginNamePattern, pluginNameRule } from "./plugin-name.ts";

const require = createRequire(import.meta.url);

/**
 * The shape of a `metadata.json`. It is what editors check against, through the JSON Schema made from it; what only
 * code can check (versions, ranges, paths) is in `resolveManifest`. A function, because valibot is loaded only to
 * explain a file that is not as expected.
 */
export function manifestSchema(): GenericSchema {
  return (schema ??= defineSchema());
}

let schema: GenericSchema | undefined;

function defineSchema(): GenericSchema {
  const v = require("valibot") as typeof import("valibot");
  const text = (description: string): GenericSchema => v.pipe(v.string(mustBe("a string")), v.description(description));
  const name = `(?!__proto__(?:@|$))${pluginNamePattern}`;
  const dependencies = (description: string): GenericSchema =>
    v.pipe(
      v.union(
        [
          v.array(
            v.pipe(
              v.string(mustBe('a plugin\'s name such as "auth" or "auth@^1.2.0"')),
              v.regex(
                new RegExp(`^${name}(?:@.*)?$`),
                mustBe(`a plugin's name (${pluginNameRule}), with an optional range such as "auth@^1.2.0"`),
              ),
            ),
          ),
          v.pipe(
            v.unknown(),
            // A record alone takes a list for an object.
            v.check((value) => !Array.isArray(value)),
            v.record(
              v.pipe(v.string(), v.regex(new RegExp(`^${name}$`), mustBe(`a plugin's name (${pluginNameRule})`))),
              v.string(mustBe('a version range such as "^1.2.0"')),
            ),
          ),
        ],
        mustBe('a list such as ["auth", "audit@^1.2.0"], or an object such as { "auth": "^1.2.0" }'),
      ),
      v.description(description),
    );

  return v.pipe(
    v.looseObject(
      {
        $schema: v.optional(text("The JSON Schema that editors check this file with.")),
        name: v.optional(text("A name for people to read. The plugin's name is its folder's name.")),
        version: v.optional(text("The plugin's version (semver); 0.0.0 when it is left out.")),
        plugin_version: v.optional(text('Another name of "version".')),
        description: v.optional(text("What the plugin does, in a sentence.")),
        identifier: v.optional(text("An identifier of your own choice; plugo does not use it.")),
        author: v.optional(
          v.pipe(
            v.union(
              [v.string(), v.looseObject({ name: v.string(mustBe("a string")) })],
              mustBe('a string, or an object with a "name"'),
            ),
            v.description("Who wrote the plugin."),
          ),
        ),
        dependencies: v.optional(
          dependencies("The plugins without which this one cannot run, by folder name, each with an optional range."),
        ),
        optional_dependencies: v.optional(
          dependencies("Plugins that start before this one when they are there, and never block it when they are not."),
        ),
        core_version: v.optional(text("The versions of the application that the plugin works with, a semver range.")),
        entry: v.optional(
          text('The entry file, relative to the plugin\'s folder; "plugin" with a known ending when it is left out.'),
        ),
        reload: v.optional(
          v.pipe(
            v.picklist(["swap", "restart"], mustBe('"swap" or "restart"')),
            v.description(
              '"swap" (the default) starts the new copy before it ends the old one; "restart" ends the old one first, ' +
                "for a plugin that owns something exclusive such as a port.",
            ),
          ),
        ),
        route_prefix: v.optional(
          v.pipe(
            v.string(mustBe("a string")),
            v.regex(/^\//, mustBe('a path that starts with "/"')),
            v.description("Where the plugin's routes are mounted; /plugins/<name> when it is left out."),
          ),
        ),
        init_timeout_ms: v.optional(
          v.pipe(
            v.number(mustBe("a number of milliseconds")),
            v.integer(mustBe("a whole number of milliseconds")),
            v.minValue(0, mustBe("0 (no limit) or a positive number of milliseconds")),
            v.maxValue(maxTimeoutMs, mustBe(`at most ${maxTimeoutMs} milliseconds`)),
            v.description("How long initPlugin may take, in milliseconds; 0 for no limit."),
          ),
        ),
        config_schema: v.optional(
          v.pipe(
            v.looseObject({}, mustBe("a JSON Schema, as an object")),
            v.description(
              'The JSON Schema of the plugin\'s "config" in plugins_config.json; its defaults are filled in.',
            ),
          ),
        ),
        watch: v.optional(
          v.pipe(
            v.array(v.string(mustBe("a glob")), mustBe('a list of globs such as ["views/**"]')),
            v.description('Globs inside the plugin\'s folder whose change reloads it, such as ["views/**"].'),
          ),
        ),
      },
      mustBe("a JSON object"),
    ),
    v.title("metadata.json of a plugo plugin"),
    v.description("What plugo has to know about a plugin. Every field is optional; {} is a valid metadata.json."),
  );
}

/** The longest delay that a timer of Node.js can have. */
const maxTimeoutMs = 2_147_483_647;
