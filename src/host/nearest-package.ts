import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isObject } from "./check-option.ts";

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
    try {
      const file = resolve(current, "package.json");
      if (!statSync(file).isFile()) return { folder, version: undefined };
      const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
      const version = isObject(manifest) && "version" in manifest ? manifest.version : undefined;
      return { folder: current, version: typeof version === "string" ? version : undefined };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") return { folder: current, version: undefined };
      if (dirname(current) === current) return { folder, version: undefined };
    }
  }
}
