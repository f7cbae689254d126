import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { isWithin } from "../../kernel/is-within.ts";
import { plugoError } from "../../kernel/plugo-error.ts";
import { parseJsonObject } from "../../manifest/json-file.ts";
import { resolvePackageManifest, type PackageManifest } from "../../manifest/package-manifest.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { readText } from "../../manifest/read-text.ts";
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
    const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
    const path = isFolder ? join(file, packageFile) : file;
    try {
      if (!isFolder) {
        files.set(path, readFileSync(path));
        continue;
      }
      const { fields, manifest } = readPackage(path);
      files.set(path, jsonText(fields));
      waiting.push(...filesOf(manifest, file));
    } catch (error) {
      const finding = `${where} "${name}": "${displayPath(path)}" cannot be read`;
      throw plugoError("PLUGO_MANIFEST_INVALID", { file: displayPath(path), findings: [finding] }, { cause: error });
    }
  }
  return { files, outside };
}

/** Fields that decide what npm installs. */
const copiedFields = [
  ["name", "version", "engines", "os", "cpu", "libc"],
  ["dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta"],
].flat();

function readPackage(path: string): { readonly fields: object; readonly manifest: PackageManifest } {
  const text = readText(path);
  const parsed = parseJsonObject(text, displayPath(path));
  if ("finding" in parsed) throw new Error(parsed.finding);
  const { value } = parsed;
  const copied = copiedFields.filter((field) => Object.hasOwn(value, field)).map((field) => [field, value[field]]);
  return {
    fields: Object.fromEntries(copied) as object,
    manifest: resolvePackageManifest(value, { file: path, text }, []),
  };
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
