import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export type PackageType = "module" | "commonjs" | undefined;

/** Finds what the nearest package.json says about `.js` files, and remembers it until it is thrown away. */
export class PackageTypes {
  readonly #byFolder = new Map<string, PackageType>();

  /** The `type` of the nearest package.json, in `folder` or above it; `undefined` when it says nothing. */
  find(folder: string): PackageType {
    if (this.#byFolder.has(folder)) return this.#byFolder.get(folder);
    const own = readType(join(folder, "package.json"));
    const parent = dirname(folder);
    const isRoot = parent === folder || basename(folder) === "node_modules";
    const type = own === "absent" ? (isRoot ? undefined : this.find(parent)) : own;
    this.#byFolder.set(folder, type);
    return type;
  }
}

function readType(file: string): PackageType | "absent" {
  try {
    const { type } = JSON.parse(readFileSync(file, "utf8")) as { type?: unknown };
    return type === "module" || type === "commonjs" ? type : undefined;
  } catch (error) {
    return error instanceof SyntaxError ? undefined : "absent";
  }
}
