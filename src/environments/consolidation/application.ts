import { dirname, join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { PlugoError, plugoError } from "../../kernel/plugo-error.ts";
import { placeFaults } from "../../manifest/explain-json.ts";
import { isPackageName, resolvePackageManifest, type PackageManifest } from "../../manifest/package-manifest.ts";
import { readPackageFile, type PackageFile } from "../../manifest/read-package-file.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import type { Fault } from "../../manifest/resolve-manifest.ts";
import { hostSettingsOf } from "../needs/host-settings.ts";

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
    const file = join(folder, packageFile);
    const read = readPackageFile(file);
    if ("finding" in read) throw invalid(file, [read.finding], read.cause);
    if ("value" in read) return applicationOf(file, read);
    if (dirname(folder) === folder) return applicationOf(join(dirname(directory), packageFile), nothing);
  }
}

/** Its name where npm takes it for one. */
export function applicationName({ fields: { name } }: Application): string {
  return typeof name === "string" && isPackageName(name) ? name : "application";
}

const nothing: PackageFile = { value: {}, json: "{}", text: "{}" };

function applicationOf(file: string, read: PackageFile): Application {
  const faults: Fault[] = [];
  const manifest = resolvePackageManifest(read.value, { file, text: read.text }, faults);
  if (faults.length > 0) throw invalid(file, placeFaults({ text: read.json, file: displayPath(file) }, faults));
  const settings = hostSettingsOf(file, read);
  if (settings instanceof PlugoError) throw settings;
  const { sharedDependencies } = settings;
  return { folder: dirname(file), fields: read.value, manifest, sharedDependencies };
}

function invalid(file: string, findings: readonly string[], cause?: unknown): PlugoError {
  return plugoError("PLUGO_MANIFEST_INVALID", { file: displayPath(file), findings }, { cause });
}
