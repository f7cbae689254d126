import { cpSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { isWithin } from "../../kernel/is-within.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { isIgnored } from "../../sources/ignored-file.ts";
import { pluginLockFile } from "../home/environment-marker.ts";
import type { Requirements } from "../needs/requirements.ts";

/** What is written into a new environment before the installer runs. */
export interface EnvironmentFiles {
  /** The plugin's folder, with symbolic links resolved. */
  readonly pluginFolder: string;
  readonly version: string;
  readonly requirements: Requirements;
  readonly lockfile: string;
  /** The lockfile to begin with. */
  readonly lock: string | undefined;
  /** The lockfile that the plugin brings, to be recognised. */
  readonly pluginLock: string | undefined;
}

/**
 * Writes `package.json` first: an installer that finds none takes the one of a folder above, and installs into the
 * application. Throws the file system's error.
 */
export function writeEnvironmentFiles(folder: string, files: EnvironmentFiles): void {
  const { pluginFolder, version, requirements, lock, pluginLock } = files;
  const copied = ownFiles(requirements, pluginFolder);
  writeFileSync(
    join(folder, packageFile),
    `${JSON.stringify(manifestOf(requirements, version, copied), undefined, 2)}\n`,
  );
  for (const [source, path] of copied) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target, {
      recursive: true,
      filter: (file) => file === source || !isIgnored(basename(file), statSync(file).isDirectory()),
    });
  }
  if (lock !== undefined) writeFileSync(join(folder, files.lockfile), lock);
  if (pluginLock !== undefined) writeFileSync(join(folder, pluginLockFile), pluginLock);
}

/** Where the files of the plugin's own folder go, by their absolute paths: where they are in the plugin. */
function ownFiles({ files }: Requirements, pluginFolder: string): ReadonlyMap<string, string> {
  const own = [...files.values()].filter((file) => isWithin(file, pluginFolder));
  return new Map(own.map((file) => [file, relative(pluginFolder, file)]));
}

function manifestOf(requirements: Requirements, version: string, copied: ReadonlyMap<string, string>): object {
  const { dependencies, optionalDependencies, overrides, files } = requirements;
  const written = (specs: ReadonlyMap<string, string>): object =>
    Object.fromEntries(
      Array.from(specs, ([name, spec]) => {
        const file = files.get(name);
        const own = file === undefined ? undefined : copied.get(file);
        if (own !== undefined) return [name, `file:./${own.split(sep).join("/")}`];
        return [name, file === undefined ? spec : `file:${file}`];
      }),
    );
  return {
    name: "plugo-environment",
    version,
    private: true,
    dependencies: written(dependencies),
    ...(optionalDependencies.size === 0 ? {} : { optionalDependencies: written(optionalDependencies) }),
    ...(overrides === null ? {} : { overrides }),
  };
}
