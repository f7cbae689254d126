/** `metadata.md` and `plugins-config.md`: the fields of the JSON Schemas in schemas/. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../process.mjs";
import { code, page, plain, table } from "./markdown.mjs";

export function metadataPage() {
  const schema = read("metadata.json");
  return page(
    "metadata.json",
    "Look up what a plugin's `metadata.json` may hold.",
    `${plain(schema.description)}
The JSON Schema is in the package: \`@plugo/node/schemas/metadata.json\`.
[Plugins and metadata](../plugins-and-metadata.md) says what the fields are for.`,
    fields(schema),
  );
}

export function pluginsConfigPage() {
  const schema = read("plugins_config.json");
  return page(
    "plugins_config.json",
    "Look up what the config of an application may hold.",
    `${plain(schema.description)}
The JSON Schema is in the package: \`@plugo/node/schemas/plugins_config.json\`.
[Choosing what runs](../choosing-what-runs.md) says how the config and the other sources decide together.`,
    fields(schema),
    "## An entry of `plugins`",
    fields(schema.properties.plugins.items),
  );
}

function read(name) {
  return JSON.parse(readFileSync(path.join(root, "schemas", name), "utf8"));
}

function fields({ properties, required = [] }) {
  const rows = Object.entries(properties).map(([name, schema]) => [
    code(name) + (required.includes(name) ? " (required)" : ""),
    typeOf(schema),
    plain(schema.description ?? ""),
  ]);
  return table(["Field", "Type", "What it says"], rows);
}

/** In words, with what the schema says beside the type. */
function typeOf(schema) {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(", or ");
  if (schema.enum !== undefined) return schema.enum.map((value) => code(JSON.stringify(value))).join(" or ");
  if (schema.type === "array") return `list of ${plural(typeOf(schema.items))}`;
  if (schema.type !== "object") return `${words[schema.type]}${limits(schema)}`;
  const names = Object.keys(schema.properties ?? {});
  if (names.length > 0) return `object with ${names.map(code).join(", ")}`;
  return schema.additionalProperties === undefined
    ? "object"
    : `object of ${plural(typeOf(schema.additionalProperties))}`;
}

const words = { string: "text", boolean: "`true` or `false`", integer: "whole number", number: "number" };

function plural(type) {
  return type.replace(/^text/, "texts").replace(/^object/, "objects");
}

function limits({ minimum, pattern }) {
  if (minimum !== undefined) return `, ${minimum} or more`;
  return pattern === String.raw`^\/` ? ', which starts with "/"' : "";
}
