import { dirname, join } from "node:path";
import { readJsonObject } from "../manifest/read-json-object.ts";
import { isFile } from "../sources/stats-of.ts";

/** The application, as far as its `package.json` tells. */
export interface ApplicationPackage {
  /** The folder of the nearest `package.json`; without one, the folder that was asked for. */
  readonly folder: string;
  /** `undefined` when it has none, or cannot be read. */
  readonly version: string | undefined;
}

/** The nearest `package.json` above `folder`. */
export function nearestPackage(folder: string): ApplicationPackage {
  for (let current = folder; ; current = dirname(current)) {
    const file = join(current, "package.json");
    if (isFile(file)) {
      const version = readJsonObject(file)?.["version"];
      return { folder: current, version: typeof version === "string" ? version : undefined };
    }
    if (dirname(current) === current) return { folder, version: undefined };
  }
}
