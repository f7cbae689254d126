/**
 * Writes schemas/*.json from the definitions that plugo itself validates with, as they stand in dist/. With `--check`
 * it writes nothing and fails when the files differ.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { manifestSchema } from "../dist/manifest/manifest-schema.js";
import { configSchema } from "../dist/sources/config-schema.js";
import { root, runAsMain, StepError } from "./process.mjs";

const folder = path.join(root, "schemas");
const schemas = { "metadata.json": manifestSchema, "plugins_config.json": configSchema };

await runAsMain(async () => {
  const isCheck = process.argv.includes("--check");
  mkdirSync(folder, { recursive: true });
  for (const [name, schema] of Object.entries(schemas)) {
    const file = path.join(folder, name);
    const text = generate(schema());
    if (!isCheck) writeFileSync(file, text);
    else if (read(file) !== text) throw new StepError(`schemas/${name} is not what src/ says: run \`npm run build\`.`);
  }
});

/** Checks that JSON Schema has no words for are left out: the schema accepts at least what plugo accepts. */
function generate(schema) {
  const { $schema, title, description, ...rest } = toJsonSchema(schema, {
    ignoreActions: ["check"],
    errorMode: "ignore",
  });
  return `${JSON.stringify({ $schema, title, description, ...rest }, withoutEmptyLists, 2)}\n`;
}

function withoutEmptyLists(key, value) {
  return key === "required" && value.length === 0 ? undefined : value;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
