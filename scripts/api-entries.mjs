/** The entries of package.json#exports that have types, and the settings with which API Extractor looks at one. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ExtractorConfig } from "@microsoft/api-extractor";
import { root } from "./process.mjs";

const settings = path.join(root, "api-extractor.json");

/** `"."` is named `plugo`, `"./http"` is `plugo-http`; entries without types are data. */
export function apiEntries() {
  const { name: packageName, exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, target]) => typeof target.types === "string")
    .map(([key, target]) => ({
      name: ["plugo", ...key.split("/").slice(1)].join("-"),
      specifier: packageName + key.slice(1),
      types: target.types,
    }));
}

/** `adjust` changes what api-extractor.json says. */
export function extractorConfig({ types }, adjust) {
  const configObject = ExtractorConfig.loadFile(settings);
  configObject.mainEntryPointFilePath = path.join(root, types);
  adjust(configObject);
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: settings,
    packageJsonFullPath: path.join(root, "package.json"),
  });
}
