import { readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { contentHash } from "../../kernel/content-hash.ts";
import { readFolderContent } from "../../sources/folder-content.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Requirements } from "../needs/requirements.ts";
import type { Surroundings } from "./surroundings.ts";

/** A change of what is installed how, for the same requirements, must change it. */
const format = 1;

/** What an environment has to hold, as canonical JSON: equal texts are equal packages. */
export function requirementsText(requirements: Requirements, surroundings: Surroundings): string {
  const { dependencies, optionalDependencies, overrides, files, peers } = requirements;
  const contents = new Map([...files].map(([name, file]) => [name, hashOf(file)]));
  // Which packages are the application's decides what is at the top; in which versions, the application.
  const fromHost = peers.map(({ name }) => name).toSorted();
  const own = { dependencies, optionalDependencies, overrides, files: contents, fromHost };
  return canonicalJson({ format, ...own, ...surroundings });
}

/** What is not there has a hash, too: that it is missing is for the installer to say. */
function hashOf(file: string): string {
  try {
    return contentHash(statSync(file).isDirectory() ? folderText(file) : readFileSync(file));
  } catch {
    return "missing";
  }
}

/** The same wherever the folder lies. */
function folderText(folder: string): string {
  const lines = Array.from(readFolderContent([folder]), ([path, { hash }]) => `${relative(folder, path)} ${hash}`);
  return lines.toSorted().join("\n");
}
