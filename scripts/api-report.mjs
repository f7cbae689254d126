/**
 * Compares the public API, one report per entry of package.json#exports, with the reports in api/.
 *
 *   npm run api          fails when one differs
 *   npm run api:update   writes them anew
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { Extractor } from "@microsoft/api-extractor";
import { apiEntries, extractorConfig } from "./api-entries.mjs";
import { root, runAsMain, say, StepError } from "./process.mjs";

await runAsMain(async () => {
  const update = process.argv.includes("--update");
  mkdirSync(path.join(root, "api"), { recursive: true });
  mkdirSync(path.join(root, "build", "api"), { recursive: true });
  const differing = apiEntries().filter((entry) => !report(entry, update));
  for (const { name } of differing) showDifference(`${name}.api.md`);
  if (differing.length === 0) return say(update ? "api/ is written anew." : "api/ tells the public API as it is.");
  const names = differing.map(({ name }) => `api/${name}.api.md`).join(", ");
  throw new StepError(`${names}: see above. If the change is wanted: npm run api:update, and commit the result.`);
});

/** Whether the report is as it was, or was written without a finding. */
function report(entry, update) {
  const config = extractorConfig(entry, ({ apiReport }) => {
    apiReport.reportFileName = `${entry.name}.api.md`;
  });
  return Extractor.invoke(config, { localBuild: update, showVerboseMessages: false }).succeeded;
}

function showDifference(file) {
  spawnSync("git", ["diff", "--no-index", `api/${file}`, `build/api/${file}`], { cwd: root, stdio: "inherit" });
}
