import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { fileErrorReason } from "../../kernel/file-error-reason.ts";
import { isWithin } from "../../kernel/is-within.ts";
import { plugoError } from "../../kernel/plugo-error.ts";
import { resolvePackageManifest, type PackageManifest } from "../../manifest/package-manifest.ts";
import { readPackageFile, type FileFault } from "../../manifest/read-package-file.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { targetStatsOf } from "../../sources/stats-of.ts";
import { classifySpec } from "../needs/dependency-spec.ts";
import type { Application } from "./application.ts";
import { jsonText } from "./json-text.ts";
import type { WorkspacePlugin } from "./workspace-files.ts";

/** What `file:` dependencies mean. */
export interface LocalPackages {
  /** By absolute path: the `package.json` of a folder with what npm reads of it, and an archive as it is. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** What is not in the application's folder, in words. */
  readonly outside: readonly string[];
}

/** Reads the folders and archives that the application, its plugins, and those folders themselves name. */
export function localPackages(application: Application, plugins: readonly WorkspacePlugin[]): LocalPackages {
  const files = new Map<string, string | Uint8Array>();
  const outside: string[] = [];
  const seen = new Set(plugins.map(({ folder }) => folder));
  const waiting = [
    ...filesOf(application.manifest, application.folder),
    ...plugins.flatMap(({ requirements }) =>
      requirements.flatMap(({ package: name, file, where }) => (file === null ? [] : [{ name, file, where }])),
    ),
  ];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { name, file, where } = next;
    if (seen.has(file)) continue;
    seen.add(file);
    if (!isWithin(file, application.folder) || file === application.folder) {
      outside.push(`"${name}" in "${displayPath(file)}" (${where})`);
      continue;
    }
    const read = readLocal(file);
    if ("finding" in read) {
      const facts = { file: displayPath(read.path), findings: [`${where} "${name}": ${read.finding}`] };
      throw plugoError("PLUGO_MANIFEST_INVALID", facts, { cause: read.cause });
    }
    files.set(read.path, read.content);
    if (read.manifest !== undefined) waiting.push(...filesOf(read.manifest, file));
  }
  return { files, outside };
}

/** Fields that decide what npm installs. */
const copiedFields = [
  ["name", "version", "engines", "os", "cpu", "libc"],
  ["dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta"],
].flat();

interface LocalPackage {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** That of a folder. */
  readonly manifest?: PackageManifest;
}

function readLocal(file: string): LocalPackage | (FileFault & { readonly path: string }) {
  const isFolder = targetStatsOf(file)?.isDirectory() === true;
  if (!isFolder) {
    try {
      return { path: file, content: readFileSync(file) };
    } catch (error) {
      return { path: file, finding: `"${displayPath(file)}" cannot be read: ${fileErrorReason(error)}`, cause: error };
    }
  }
  const path = join(file, packageFile);
  const read = readPackageFile(path);
  if ("finding" in read) return { path, ...read };
  if ("isMissing" in read) return { path, finding: `"${displayPath(file)}" has no ${packageFile}` };
  const { value, text } = read;
  const copied = copiedFields.filter((field) => Object.hasOwn(value, field)).map((field) => [field, value[field]]);
  const manifest = resolvePackageManifest(value, { file: path, text }, []);
  return { path, content: jsonText(Object.fromEntries(copied)), manifest };
}

function filesOf(
  { file: manifestFile, dependencies, optionalDependencies }: PackageManifest,
  folder: string,
): { readonly name: string; readonly file: string; readonly where: string }[] {
  return [...dependencies, ...optionalDependencies].flatMap(([name, range]) => {
    const spec = classifySpec(range);
    if (spec.kind !== "file") return [];
    return [{ name, file: resolve(folder, spec.path), where: displayPath(manifestFile) }];
  });
}
