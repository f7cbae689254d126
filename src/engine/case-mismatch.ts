import { readdirSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { isPathLike } from "./resolve-import.ts";

// Where files are found whatever the case, a found file still has to be compared with its folder's listing.
const caseInsensitive = process.platform === "win32" || process.platform === "darwin";

/** The name as it is on disk, when `path` (a file that was found) is written in another case; else `undefined`. */
export function findCaseMismatch(path: string, folder: string): string | undefined {
  if (!caseInsensitive || !path.startsWith(folder + sep)) return undefined;
  const actual = actualCase(path);
  return actual === path ? undefined : actual;
}

const extensions = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];

/** The file that a relative specifier means but for its case; `undefined` when there is none. */
export function findByAnyCase(specifier: string, importer: string): string | undefined {
  if (!isPathLike(specifier) || specifier.startsWith("file:")) return undefined;
  const wanted = resolve(dirname(importer), specifier);
  const sources = wanted.replace(/\.([cm]?)js(x?)$/, ".$1ts$2");
  for (const path of [...extensions.map((extension) => wanted + extension), sources]) {
    const actual = actualCase(path);
    if (actual !== undefined && actual !== path) return actual;
  }
  return undefined;
}

/** The path as its folders list it; `undefined` when nothing there has that name in any case. */
function actualCase(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return path;
  const name = path.slice(parent.endsWith(sep) ? parent.length : parent.length + 1);
  const names = list(parent);
  if (names?.includes(name) === true) {
    // Higher up nothing can differ, or the folder could not have been listed (where case matters).
    const above = caseInsensitive ? actualCase(parent) : parent;
    return above === undefined ? undefined : join(above, name);
  }
  const above = names === undefined ? actualCase(parent) : parent;
  const actual =
    above === undefined ? undefined : list(above)?.find((other) => other.toLowerCase() === name.toLowerCase());
  return above === undefined || actual === undefined ? undefined : join(above, actual);
}

function list(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}
