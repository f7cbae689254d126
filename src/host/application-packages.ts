import { join } from "node:path";
import { isWithin } from "../kernel/is-within.ts";
import { targetStatsOf } from "../sources/stats-of.ts";
import { nearestPackage } from "./nearest-package.ts";

/**
 * The `package.json` of the application around each plugin directory, where there is one. Installers write it when the
 * packages are there: a plugin that failed for want of one is tried again then.
 */
export function applicationPackages(directories: readonly string[]): readonly string[] {
  const files = directories.map((directory) => join(nearestPackage(directory).folder, "package.json"));
  return [...new Set(files)].filter(
    (file) => !directories.some((directory) => isWithin(file, directory)) && targetStatsOf(file)?.isFile() === true,
  );
}
