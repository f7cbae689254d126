import { describe, test } from "node:test";
import { broken, checkFault, configOf, everybody, idle, type Fault } from "./surroundings.ts";

const file = "%/broken/metadata.json";

/** A metadata.json that is none, and the place and reason that the message gives. */
function invalid(text: string | object | Uint8Array, says: string, more: Partial<Fault> = {}): Fault {
  return {
    files: { "broken/metadata.json": text, "broken/plugin.ts": idle },
    code: "PLUGO_MANIFEST_INVALID",
    says: [`"${file}" is not valid`, says],
    remedy: `Correct "${file}".`,
    chain: says,
    ...more,
  };
}

function missing(where: string, more: Partial<Fault>): Fault {
  return {
    files: { "broken/plugin.ts": idle },
    code: "PLUGO_MANIFEST_MISSING",
    says: [`"%/broken", which ${where} asks for, has no metadata.json.`],
    remedy: 'Create "%/broken/metadata.json"; {} is enough.',
    chain: `"%/broken", which ${where} asks for, has no metadata.json`,
    ...more,
  };
}

/** On the third line, after `"field": `. */
function wrongField(field: string, value: unknown, expected: string): Fault {
  const text = `{\n  "description": "x",\n  "${field}": ${JSON.stringify(value)}\n}`;
  return invalid(text, `${file}:3:${field.length + 7} ${field}: must be ${expected}`);
}

const faults: Readonly<Record<string, Fault>> = {
  "that is missing, when the config names it": missing("%/config.json:7:5", {
    files: { "broken/plugin.ts": idle, "config.json": configOf(everybody) },
    options: (folder) => ({ configPath: folder.at("config.json") }),
  }),
  "that is missing, when ENABLED_PLUGINS names it": missing("ENABLED_PLUGINS", {
    options: { env: { ENABLED_PLUGINS: "broken" } },
  }),
  "that is missing, when a dependent names it": missing("%/dependent/metadata.json", {}),

  "that is empty": invalid("", `${file}:1:1 is empty: {} is the least it can hold`),
  "that is blank": invalid(" \n\n", `${file}:1:1 is empty`),
  "that ends early": invalid('{\n  "version": "1.0.0"', `${file}:2:21 expected "}", found the end of the file`),
  "with a comma too many": invalid(
    '{\n  "version": "1.0.0",\n}',
    `${file}:3:1 expected a property name in double quotes, found "}"`,
  ),
  "with a comma too few": invalid('{\n  "version": "1.0.0"\n  "author": "x"\n}', `${file}:3:3 expected ",", found`),
  "with a comment": invalid('{\n  // the version\n  "version": "1.0.0"\n}', `${file}:2:3 JSON has no comments`),
  "with single quotes": invalid("{ 'version': '1.0.0' }", `${file}:1:3 `),
  "in UTF-16": invalid(Buffer.from(`\uFEFF{}`, "utf16le"), `${file}:1:1 is not UTF-8 text`),
  "that is a list": invalid("[]", `${file}:1:1 must be a JSON object, but it is an empty list`),
  "that is a text": invalid('"broken"', `${file}:1:1 must be a JSON object, but it is "broken"`),
  "that is a number": invalid("7", `${file}:1:1 must be a JSON object, but it is the number 7`),
  "that is null": invalid("null", `${file}:1:1 must be a JSON object, but it is null`),

  "with a number as name": wrongField("name", 1, "a string, but it is the number 1"),
  "with a number as version": wrongField("version", 1, "a string, but it is the number 1"),
  "with a version that is none": wrongField("version", "1.x", 'a semver version such as "1.2.3", but it is "1.x"'),
  "with a plugin_version that is none": wrongField("plugin_version", "one", "a semver version"),
  "with a list as description": wrongField("description", [], "a string, but it is an empty list"),
  "with an object as identifier": wrongField("identifier", {}, "a string, but it is an object"),
  "with a number as author": wrongField("author", 1, 'a string, or an object with a "name"'),
  "with a text as dependencies": wrongField("dependencies", "ahead", 'a list such as ["auth", "audit@^1.2.0"]'),
  "with null as dependencies": wrongField("dependencies", null, "a list such as"),
  "with a number as optional dependencies": wrongField("optional_dependencies", 5, "a list such as"),
  "with a core_version that is none": wrongField(
    "core_version",
    "new",
    'a semver range such as "^1.2.0", but it is "new"',
  ),
  "with a number as entry": wrongField("entry", 1, "a string, but it is the number 1"),
  "with an entry outside": wrongField("entry", "../ahead/plugin.ts", "the path of a file inside the plugin's folder"),
  "with another kind of reload": wrongField("reload", "always", '"swap" or "restart", but it is "always"'),
  "with a route prefix that is no path": wrongField("route_prefix", "api", 'a path that starts with "/"'),
  "with a text as time limit": wrongField("init_timeout_ms", "1s", 'a number of milliseconds, but it is "1s"'),
  "with a negative time limit": wrongField("init_timeout_ms", -1, "0 (no limit) or a positive number"),
  "with a text as config schema": wrongField("config_schema", "x", "a JSON Schema, as an object"),
  "with a text as watch": wrongField("watch", "views/**", 'a list of globs such as ["views/**"]'),
  "with a dependency's range that is none": invalid(
    { dependencies: ["ahead@new"] },
    `${file}:3:5 dependencies[0]: must be a semver range such as "^1.2.0", but it is "new"`,
  ),
  "with a dependency's range that is none, in an object": invalid(
    { dependencies: { ahead: "new" } },
    `${file}:3:14 dependencies.ahead: must be a semver range`,
  ),
  "with a number among the dependencies": invalid(
    { dependencies: ["ahead", 7] },
    `${file}:4:5 dependencies[1]: must be a plugin's name such as "auth" or "auth@^1.2.0", but it is the number 7`,
  ),
  "with a path among the dependencies": invalid(
    { dependencies: ["../ahead"] },
    `${file}:3:5 dependencies[0]: must be a plugin's name (letters, digits`,
  ),
  "with a glob that leaves the folder": invalid({ watch: ["../**"] }, `${file}:3:5 watch[0]: must be a glob inside`),
};

describe("loadPlugins", () => {
  for (const [name, fault] of Object.entries(faults)) {
    test(`fails a plugin alone for a metadata.json ${name}`, () => checkFault(fault));
  }

  test("lists every finding of a metadata.json, in the order of the file", () =>
    checkFault({
      files: broken(idle, { version: 1, dependencies: "ahead", reload: "x" }),
      code: "PLUGO_MANIFEST_INVALID",
      says: [/2:14 version: .*\n.*3:19 dependencies: .*\n.*4:13 reload: /],
      remedy: "Correct ",
      chain: `${file}:2:14 version: must be a string`,
    }));
});
