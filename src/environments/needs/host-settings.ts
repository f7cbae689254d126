import { join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../../kernel/plugo-error.ts";
import { placeFaults } from "../../manifest/explain-json.ts";
import { isJsonObject } from "../../manifest/json-object.ts";
import { describeJson } from "../../manifest/must-be.ts";
import { readPackageFile, type PackageFile } from "../../manifest/read-package-file.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import type { Fault } from "../../manifest/resolve-manifest.ts";

/** What the key `plugo` of the application's own `package.json` says about its plugins' packages. Frozen. */
export interface HostSettings {
  /** The `package.json`. */
  readonly file: string;
  /** Packages that plugins take from the application, whatever they say. */
  readonly sharedDependencies: ReadonlySet<string>;
  /** Dependencies from elsewhere than the registry that plugins may have, each as `name@spec`. */
  readonly allowedDependencies: ReadonlySet<string>;
  /** The application's own optional packages: that one is not there has been decided. */
  readonly optionalDependencies: ReadonlySet<string>;
}

/** @returns The settings, those of a folder without a `package.json` being empty; or every finding in one error. */
export function readHostSettings(hostFolder: string): HostSettings | PlugoError {
  const file = join(hostFolder, packageFile);
  const read = readPackageFile(file);
  if ("isMissing" in read) return settingsOf(file, {}, []);
  if ("finding" in read) return invalid(file, [read.finding], read.cause);
  return hostSettingsOf(file, read);
}

/** The same of a `package.json` that has been read. */
export function hostSettingsOf(
  file: string,
  { value, json }: Pick<PackageFile, "value" | "json">,
): HostSettings | PlugoError {
  const faults: Fault[] = [];
  const settings = settingsOf(file, value, faults);
  if (faults.length === 0) return settings;
  return invalid(file, placeFaults({ text: json, file: displayPath(file) }, faults));
}

function settingsOf(file: string, value: Readonly<Record<string, unknown>>, faults: Fault[]): HostSettings {
  const plugo = Object.hasOwn(value, "plugo") ? value["plugo"] : {};
  // Whatever else the key may hold is none of this file's business.
  const own = isJsonObject(plugo) ? plugo : {};
  return Object.freeze({
    file,
    sharedDependencies: namesIn(own, "sharedDependencies", '["react"]', faults),
    optionalDependencies: new Set(
      isJsonObject(value["optionalDependencies"]) ? Object.keys(value["optionalDependencies"]) : [],
    ),
    allowedDependencies: namesIn(own, "allowedDependencies", '["left@github:owner/left#v1.2.0"]', faults),
  });
}

function namesIn(
  plugo: Readonly<Record<string, unknown>>,
  field: string,
  example: string,
  faults: Fault[],
): ReadonlySet<string> {
  const written = Object.hasOwn(plugo, field) ? plugo[field] : [];
  if (Array.isArray(written) && written.every((name) => typeof name === "string")) return new Set(written);
  faults.push({
    path: ["plugo", field],
    message: `must be a list of packages such as ${example}, but it is ${describeJson(written)}`,
  });
  return new Set();
}

function invalid(file: string, findings: readonly string[], cause?: unknown): PlugoError {
  return plugoError("PLUGO_MANIFEST_INVALID", { file: displayPath(file), findings }, { cause });
}
