import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { isJsonObject } from "../../manifest/json-object.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import { packageFile } from "../../manifest/read-package-manifest.ts";
import { temporaryBeside, writeDurably } from "../../sources/write-in-one-step.ts";
import type { FileTree } from "./workspace-files.ts";

/**
 * Puts a folder with exactly these files in the place of an earlier one. One that holds just that already is left alone.
 * Throws when there is a folder that holds something else than what was written by this.
 */
export function replaceFolder(folder: string, files: FileTree): void {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (there !== undefined && !isReplaceable(folder)) throw new Error("it holds other files; name a folder of its own");
  if (there !== undefined && holdsExactly(folder, files)) return;
  const next = temporaryBeside(folder);
  const old = temporaryBeside(folder);
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(next, path)), { recursive: true });
      writeDurably(join(next, path), content);
    }
    if (there !== undefined) renameSync(folder, old);
    try {
      renameSync(next, folder);
    } catch (error) {
      if (there !== undefined) renameSync(old, folder);
      throw error;
    }
  } finally {
    rmSync(next, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** Nothing is lost with an empty folder, and with one that says of itself that it was written by this. */
function isReplaceable(folder: string): boolean {
  if (!lstatSync(folder).isDirectory()) return false;
  if (readdirSync(folder).length === 0) return true;
  const plugo = readJsonObject(join(folder, packageFile))?.["plugo"];
  return isJsonObject(plugo) && plugo["consolidated"] === true;
}

function holdsExactly(folder: string, files: FileTree): boolean {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const found = entries.filter((entry) => !entry.isDirectory());
  return (
    found.length === files.size &&
    found.every((entry) => {
      const path = join(entry.parentPath, entry.name);
      const content = files.get(
        path
          .slice(folder.length + 1)
          .split(sep)
          .join("/"),
      );
      return content !== undefined && readFileSync(path).equals(Buffer.from(content));
    })
  );
}
