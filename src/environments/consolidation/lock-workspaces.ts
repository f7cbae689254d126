import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isJsonObject } from "../../manifest/json-object.ts";
import { readText } from "../../manifest/read-text.ts";
import type { Application } from "./application.ts";
import { jsonText } from "./json-text.ts";
import { runNpm } from "./run-npm.ts";
import type { FileTree } from "./workspace-files.ts";

export const lockfile = "package-lock.json";

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
  const known = {
    ...packagesIn(join(previous, lockfile)),
    ...packagesIn(join(application.folder, lockfile)),
  };
  if (Object.keys(known).length > 0) {
    const root: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const seed = { lockfileVersion: 3, requires: true, packages: { "": root, ...known } };
    writeFileSync(join(folder, lockfile), jsonText(seed));
  }
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

/** The packages of a lockfile by their places, without the root and what is for development; none when it has no such list. */
function packagesIn(file: string): Readonly<Record<string, unknown>> {
  let lock: unknown;
  try {
    lock = JSON.parse(readText(file));
  } catch {
    return {};
  }
  const packages = isJsonObject(lock) && isJsonObject(lock["packages"]) ? lock["packages"] : {};
  const kept = Object.entries(packages).filter(
    ([place, entry]) => place.split("/").includes("node_modules") && isJsonObject(entry) && entry["dev"] !== true,
  );
  return Object.fromEntries(kept);
}
