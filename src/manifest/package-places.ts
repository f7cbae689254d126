import { dirname, join } from "node:path";

/** Where Node.js finds the `package.json` of a package: in each `node_modules` from a folder upwards, the nearest first. */
export function* packagePlaces(name: string, from: string): Generator<string, void> {
  for (let folder = from; ; folder = dirname(folder)) {
    yield join(folder, "node_modules", name, "package.json");
    if (dirname(folder) === folder) return;
  }
}
