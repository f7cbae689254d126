import type { GenericSchema } from "valibot";
import { requirePackage } from "../kernel/lazy-require.ts";
import { jsonObject, jsonRecord } from "./json-object.ts";
import { mustBe } from "./must-be.ts";
import { pluginNamePattern, pluginNameRule } from "./plugin-name.ts";

/**
 * The shape of a `metadata.json`. It is what editors check against, through the JSON Schema made from it; what only
 * code can check (versions, ranges, paths) is in `resolveManifest`. A function, because valibot is loaded only to
 * explain a file that is not as expected.
 */
export function manifestSchema(): GenericSchema {
  return (schema ??= defineSchema(requirePackage<Valibot>("valibot")));
}

type Valibot = typeof import("valibot");

let schema: GenericSchema | undefined;

/** The longest delay that a timer of Node.js can have. */
const maxTimeoutMs = 2_147_483_647;

function defineSchema(v: Valibot): GenericSchema {
  const text = v.string(mustBe("a string"));
  const field = (value: GenericSchema, description: string): GenericSchema =>
    v.optional(v.pipe(value, v.description(description)));
  const fields = {
    $schema: field(text, "The JSON Schema that editors check this file with."),
    name: field(text, "A name for people to read. The plugin's name is its folder's name."),
    version: field(text, "The plugin's version (semver); 0.0.0 when it is left out."),
    plugin_version: field(text, 'Another name of "version".'),
    description: field(text, "What the plugin does, in a sentence."),
    identifier: field(text, "An identifier of your own choice; plugo does not use it."),
    author: field(authorSchema(v), "Who wrote the plugin."),
    dependencies: field(
      dependenciesSchema(v),
      "The plugins without which this one cannot run, by folder name, each with an optional range.",
    ),
    optional_dependencies: field(
      dependenciesSchema(v),
      "Plugins that start before this one when they are there, and never block it when they are not.",
    ),
    core_version: field(text, "The versions of the application that the plugin works with, a semver range."),
    entry: field(
      text,
      "The entry file, relative to the plugin's folder; the first of plugin.ts, plugin.js and so on when it is left out.",
    ),
    reload: field(
      v.picklist(["swap", "restart"], mustBe('"swap" or "restart"')),
      '"swap" (the default) starts the new copy before it ends the old one; "restart" ends the old one first, for a ' +
        "plugin that owns something exclusive such as a port.",
    ),
    route_prefix: field(
      v.pipe(text, v.regex(/^\//, mustBe('a path that starts with "/"'))),
      "Where the plugin's routes are mounted; /plugins/<name> when it is left out.",
    ),
    init_timeout_ms: field(timeoutSchema(v), "How long initPlugin may take, in milliseconds; 0 for no limit."),
    config_schema: field(
      jsonObject(v, {}, "a JSON Schema, as an object"),
      'The JSON Schema of the plugin\'s "config" in plugins_config.json; its defaults are filled in.',
    ),
    watch: field(
      v.array(v.string(mustBe("a glob")), mustBe('a list of globs such as ["views/**"]')),
      'Globs inside the plugin\'s folder whose change reloads it, such as ["views/**"].',
    ),
  };
  return v.pipe(
    jsonObject(v, fields, "a JSON object"),
    v.title("metadata.json of a plugo plugin"),
    v.description("What plugo has to know about a plugin. Every field is optional; {} is a valid metadata.json."),
  );
}

function authorSchema(v: Valibot): GenericSchema {
  const person = jsonObject(v, { name: v.string(mustBe("a string")) }, "an object");
  return v.union([v.string(), person], mustBe('a string, or an object with a "name"'));
}

function dependenciesSchema(v: Valibot): GenericSchema {
  const name = `(?!__proto__(?:@|$))${pluginNamePattern}`;
  const list = v.array(
    v.pipe(
      v.string(mustBe('a plugin\'s name such as "auth" or "auth@^1.2.0"')),
      v.regex(
        new RegExp(`^${name}(?:@.*)?$`),
        mustBe(`a plugin's name (${pluginNameRule}), with an optional range such as "auth@^1.2.0"`),
      ),
    ),
  );
  const ranges = jsonRecord(
    v,
    v.pipe(v.string(), v.regex(new RegExp(`^${name}$`), mustBe(`a plugin's name (${pluginNameRule})`))),
    v.string(mustBe('a version range such as "^1.2.0"')),
    "an object",
  );
  return v.union(
    [list, ranges],
    mustBe('a list such as ["auth", "audit@^1.2.0"], or an object such as { "auth": "^1.2.0" }'),
  );
}

function timeoutSchema(v: Valibot): GenericSchema {
  return v.pipe(
    v.number(mustBe("a number of milliseconds")),
    v.integer(mustBe("a whole number of milliseconds")),
    v.minValue(0, mustBe("0 (no limit) or a positive number of milliseconds")),
    v.maxValue(maxTimeoutMs, mustBe(`at most ${maxTimeoutMs} milliseconds`)),
  );
}
