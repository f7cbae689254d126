/**
 * Writes docs/reference/ from what the code itself says: the catalogue of errors, the JSON Schemas, the docstrings of the
 * public API, the help of the command.
 *
 *   npm run docs:reference   writes the pages
 *   npm run docs:check       fails when one differs from what would be written
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listFiles } from "./content-hash.mjs";
import { root, runAsMain, say, StepError } from "./process.mjs";
import { apiPages } from "./reference/api-pages.mjs";
import { commandsPage } from "./reference/commands-page.mjs";
import { environmentVariablesPage } from "./reference/environment-variables-page.mjs";
import { errorsPage } from "./reference/errors-page.mjs";
import { indexPage } from "./reference/index-page.mjs";
import { metadataPage, pluginsConfigPage } from "./reference/schema-pages.mjs";

const folder = path.join(root, "docs", "reference");

await runAsMain(async () => {
  const pages = new Map([
    ["README.md", indexPage()],
    ["errors.md", errorsPage()],
    ["metadata.md", metadataPage()],
    ["plugins-config.md", pluginsConfigPage()],
    ["environment-variables.md", environmentVariablesPage()],
    ["commands.md", commandsPage()],
    ...apiPages(),
  ]);
  const differing = [...pages].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  const left = listFiles(folder)
    .map((file) => path.relative(folder, file).split(path.sep).join("/"))
    .filter((name) => !pages.has(name));
  if (process.argv.includes("--check")) return compare([...differing, ...left]);
  for (const name of left) rmSync(path.join(folder, name));
  for (const name of differing) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), pages.get(name));
  }
  say(differing.length + left.length === 0 ? "docs/reference/ was up to date." : "docs/reference/ is written anew.");
});

function compare(names) {
  if (names.length === 0) return say("docs/reference/ says what the code says.");
  const shown = names.map((name) => `docs/reference/${name}`).join(", ");
  throw new StepError(`Not what the code says: ${shown}. Run npm run docs:reference, and commit the result.`);
}

function read(name) {
  try {
    return readFileSync(path.join(folder, name), "utf8").replaceAll("\r\n", "\n");
  } catch {
    return undefined;
  }
}
