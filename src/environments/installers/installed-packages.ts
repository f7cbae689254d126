import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readJsonObject } from "../../manifest/read-json-object.ts";

/** A package in a `node_modules`, at whatever depth. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/** Every installed version of the packages with these names, each once, by name and version. */
export function installedPackages(folder: string, names: ReadonlySet<string>): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  for (const { name, path } of packageFolders(join(folder, "node_modules"))) {
    const version = names.has(name) ? readJsonObject(join(path, "package.json"))?.["version"] : undefined;
    if (typeof version === "string") found.set(`${name}@${version}`, { name, version });
  }
  return [...found.keys()].toSorted().map((key) => found.get(key) as InstalledPackage);
}

/** The folders of all packages in a `node_modules`, at whatever depth. Links do not count: what they lead to is there too. */
export function* packageFolders(modules: string): Generator<{ readonly name: string; readonly path: string }, void> {
  const pending = [modules];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const name of packageNames(current)) {
      const path = join(current, name);
      // pnpm and bun keep each package in a folder of its own, with a node_modules around it.
      if (name === ".pnpm" || name === ".bun") {
        pending.push(...foldersIn(path).map((each) => join(path, each, "node_modules")));
        continue;
      }
      pending.push(join(path, "node_modules"));
      yield { name, path };
    }
  }
}

function packageNames(modules: string): readonly string[] {
  return foldersIn(modules).flatMap((name) =>
    name.startsWith("@") ? foldersIn(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
