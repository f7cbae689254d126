/**
 * Compares the public API, one report per entry of package.json#exports, with the reports in api/.
 *
 *   npm run api          fails when one differs
 *   npm run api:update   writes them anew
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { root, runAsMain, say, StepError } from "./process.mjs";

const settings = path.join(root, "api-extractor.json");

await runAsMain(async () => {
  const update = process.argv.includes("--update");
  mkdirSync(path.join(root, "api"), { recursive: true });
  mkdirSync(path.join(root, "build", "api"), { recursive: true });
  const differing = entries().filter((entry) => !report(entry, update));
  for (const { name } of differing) showDifference(`${name}.api.md`);
  if (differing.length === 0) return say(update ? "api/ is written anew." : "api/ tells the public API as it is.");
  const names = differing.map(({ name }) => `api/${name}.api.md`).join(", ");
  throw new StepError(`${names}: see above. If the change is wanted: npm run api:update, and commit the result.`);
});

/** `"."` becomes `plugo`, `"./http"` becomes `plugo-http`; entries without types are data. */
function entries() {
  const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, target]) => typeof target.types === "string")
    .map(([key, target]) => ({ name: ["plugo", ...key.split("/").slice(1)].join("-"), types: target.types }));
}

/** Whether the report is as it was, or was written without a finding. */
function report({ name, types }, update) {
  const configObject = ExtractorConfig.loadFile(settings);
  configObject.mainEntryPointFilePath = path.join(root, types);
  configObject.apiReport.reportFileName = `${name}.api.md`;
  const extractorConfig = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: settings,
    packageJsonFullPath: path.join(root, "package.json"),
  });
  return Extractor.invoke(extractorConfig, { localBuild: update, showVerboseMessages: false }).succeeded;
}

function showDifference(file) {
  spawnSync("git", ["diff", "--no-index", `api/${file}`, `build/api/${file}`], { cwd: root, stdio: "inherit" });
}
