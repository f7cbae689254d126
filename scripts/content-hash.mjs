/** What a build step was made from, and what it made, as one hash each. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./process.mjs";

/** A hash of the names and contents of `files` and of `more`; a file that does not exist counts as such. */
export function hashFiles(files, more = []) {
  const hash = createHash("sha256").update(JSON.stringify(more));
  for (const file of files.toSorted()) {
    const content = readIfExists(file);
    hash.update(`\0${path.relative(root, file)}\0${content?.length ?? "none"}\0`).update(content ?? "");
  }
  return hash.digest("hex");
}

/** Every file below `folder`, absolute; none when there is no such folder. */
export function listFiles(folder) {
  return readFolder(folder).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? listFiles(file) : [file];
  });
}

function readFolder(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

function readIfExists(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
