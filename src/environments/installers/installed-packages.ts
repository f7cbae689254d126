import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package in a `node_modules`, at whatever depth. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/** Every installed version of the packages with these names, each once, by name and version. */
export function installedPackages(folder: string, names: ReadonlySet<string>): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const pending = [join(folder, "node_modules")];
  for (let modules = pending.pop(); modules !== undefined; modules = pending.pop()) {
    for (const name of packageNames(modules)) {
      const place = join(modules, name);
      // pnpm and bun keep each package in a folder of its own, with a node_modules around it.
      if (name === ".pnpm" || name === ".bun") {
        pending.push(...foldersIn(place).map((each) => join(place, each, "node_modules")));
        continue;
      }
      pending.push(join(place, "node_modules"));
      const version = names.has(name) ? versionIn(place) : undefined;
      if (version !== undefined) found.set(`${name}@${version}`, { name, version });
    }
  }
  return [...found.keys()].toSorted().map((key) => found.get(key) as InstalledPackage);
}

function packageNames(modules: string): readonly string[] {
  return foldersIn(modules).flatMap((name) =>
    name.startsWith("@") ? foldersIn(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

/** Links do not count: what they lead to is in the same tree. */
function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function versionIn(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
