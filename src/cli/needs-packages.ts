import { join } from "node:path";
import { isJsonObject } from "../manifest/json-object.ts";
import { isFile, readPackage } from "./project.ts";

/** Whether a plugin's `package.json` asks for packages of its own. */
export function needsPackages(folder: string): boolean {
  const file = join(folder, "package.json");
  const packages = isFile(file) ? readPackage(file)["dependencies"] : undefined;
  return isJsonObject(packages) && Object.keys(packages).length > 0;
}
