import { dirname, join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { PlugoError, plugoError } from "../../kernel/plugo-error.ts";
import { placeFaults } from "../../manifest/explain-json.ts";
import { describeUnreadable, isMissingFile, parseJsonObject } from "../../manifest/json-file.ts";
import { isPackageName, resolvePackageManifest, type PackageManifest } from "../../manifest/package-manifest.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { readText } from "../../manifest/read-text.ts";
import type { Fault } from "../../manifest/resolve-manifest.ts";
import { readHostSettings } from "../needs/host-settings.ts";

/** The application that plugins are part of. */
export interface Application {
  /** The folder of its `package.json`, an absolute path. */
  readonly folder: string;
  /** What its `package.json` holds. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly manifest: PackageManifest;
  /** Packages that plugins take from it, whatever they say: `plugo.sharedDependencies`. */
  readonly sharedDependencies: ReadonlySet<string>;
}

/**
 * Reads the nearest `package.json` above a plugin directory; without one, the folder around the directory is an
 * application that needs nothing.
 *
 * @throws PLUGO_MANIFEST_INVALID
 */
export function readApplication(directory: string): Application {
  for (let folder = dirname(directory); ; folder = dirname(folder)) {
    const application = readApplicationIn(folder);
    if (application !== null) return application;
    if (dirname(folder) !== folder) continue;
    return readApplicationText("{}", join(dirname(directory), packageFile));
  }
}

/** Its name where npm takes it for one. */
export function applicationName({ fields: { name } }: Application): string {
  return typeof name === "string" && isPackageName(name) ? name : "application";
}

function readApplicationIn(folder: string): Application | null {
  const file = join(folder, packageFile);
  const shown = displayPath(file);
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw invalid(shown, [`${shown} ${describeUnreadable(error)}`], error);
  }
  return readApplicationText(text, file);
}

function readApplicationText(text: string, file: string): Application {
  const shown = displayPath(file);
  const parsed = parseJsonObject(text, shown);
  if ("finding" in parsed) throw invalid(shown, [parsed.finding]);
  const faults: Fault[] = [];
  const manifest = resolvePackageManifest(parsed.value, { file, text }, faults);
  if (faults.length > 0) throw invalid(shown, placeFaults({ text: parsed.json, file: shown }, faults));
  const settings = readHostSettings(dirname(file));
  if (settings instanceof PlugoError) throw settings;
  const { sharedDependencies } = settings;
  return { folder: dirname(file), fields: parsed.value, manifest, sharedDependencies };
}

function invalid(file: string, findings: readonly string[], cause?: unknown): Error {
  return plugoError("PLUGO_MANIFEST_INVALID", { file, findings }, { cause });
}
