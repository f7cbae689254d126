import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { isJsonObject } from "../../manifest/json-object.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import type { Application } from "./application.ts";
import { jsonText } from "./json-text.ts";
import { runNpm } from "./run-npm.ts";
import type { FileTree } from "./workspace-files.ts";

const lockfile = "package-lock.json";

/**
 * Has npm decide which versions are installed where.
 *
 * @param folder An empty folder; the files are written to it.
 * @param previous Where earlier files with a lockfile are, whose versions stay as far as they still fit. What the
 * application's own lockfile says comes first.
 * @returns The files with the lockfile.
 */
export async function lockWorkspaces(
  files: FileTree,
  application: Application,
  folder: string,
  previous: string,
): Promise<FileTree> {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const known = knownPackages(previous, application.folder);
  if (known.length > 0) writeFileSync(join(folder, lockfile), jsonText(seedOf(files, known)));
  await runNpm(["install", ...flags], folder, application.folder);
  return new Map([...files, [lockfile, readFileSync(join(folder, lockfile), "utf8")]]);
}

const flags = [
  "--package-lock-only",
  "--package-lock",
  "--lockfile-version=3",
  // The address of a registry is no part of what is installed; the hash of every package is.
  "--omit-lockfile-registry-resolved",
  "--install-strategy=hoisted",
  // A folder is a link, as it will be where this is installed.
  "--no-install-links",
];

type LockedPackage = readonly [place: string, entry: Readonly<Record<string, unknown>>];

/** Of two at one place the application's. */
function knownPackages(previous: string, application: string): readonly LockedPackage[] {
  const places = new Map([...packagesIn(join(previous, lockfile)), ...packagesIn(join(application, lockfile))]);
  return [...places];
}

/** The installed packages of a lockfile, without those for development; none when it is not one of npm 7 or later. */
function packagesIn(file: string): readonly LockedPackage[] {
  const packages = readJsonObject(file)?.["packages"];
  if (!isJsonObject(packages)) return [];
  return Object.entries(packages).flatMap(([place, entry]): LockedPackage[] => {
    const isInstalled = /(?:^|\/)node_modules\//.test(place) && isJsonObject(entry) && entry["dev"] !== true;
    return isInstalled ? [[place, entry]] : [];
  });
}

/** A lockfile to begin with. npm takes it only when it is whole: every folder in it is there, and is as it is now. */
function seedOf(files: FileTree, known: readonly LockedPackage[]): object {
  const packages = new Map<string, unknown>();
  for (const [path, content] of files) {
    if (path !== "package.json" && !path.endsWith("/package.json")) continue;
    packages.set(path === "package.json" ? "" : posix.dirname(path), JSON.parse(String(content)));
  }
  const folders: ReadonlySet<unknown> = new Set(packages.keys());
  for (const [place, entry] of known) {
    const owner = /^(?:(.*?)\/)?node_modules\//.exec(place)?.[1] ?? "";
    const isThere = folders.has(owner) && (entry["link"] !== true || folders.has(entry["resolved"]));
    if (isThere) packages.set(place, entry);
  }
  return { lockfileVersion: 3, requires: true, packages: Object.fromEntries(packages) };
}
