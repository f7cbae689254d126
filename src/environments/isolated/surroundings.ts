import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { readText } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";

/** What else than a plugin's own files decides what its packages are. JSON-safe. */
export interface Surroundings {
  readonly platform: string;
  readonly arch: string;
  readonly libc: "glibc" | "musl" | null;
  /** The version of Node.js' binary interface, which native addons are built for. */
  readonly modules: string;
  /** In order. */
  readonly allowScripts: readonly string[];
  /** The lines of the application's `.npmrc` that name registries. */
  readonly registries: readonly string[];
}

export function surroundingsOf(hostFolder: string, allowScripts: readonly string[]): Surroundings {
  return {
    platform: process.platform,
    arch: process.arch,
    libc: (libc ??= process.platform === "linux" ? libcOf(process.execPath) : null),
    modules: process.versions.modules,
    allowScripts: allowScripts.toSorted(),
    registries: registriesIn(join(hostFolder, ".npmrc")),
  };
}

let libc: Surroundings["libc"] | undefined;

/** A program names its dynamic loader at its beginning, and the loader is the library's. */
function libcOf(program: string): "glibc" | "musl" {
  const start = Buffer.alloc(2048);
  try {
    const file = openSync(program, "r");
    try {
      readSync(file, start, 0, start.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    // A program that runs and cannot be read is a rare one.
  }
  return start.includes("/ld-musl-") ? "musl" : "glibc";
}

/**
 * As they are written, but for a user and a password in an address: no secret, nor one that a line takes from the
 * environment, is to be in a name or a file of plugo's.
 */
function registriesIn(file: string): readonly string[] {
  // An error costs more than a look does.
  if (statsOf(file) === undefined) return [];
  try {
    return readText(file)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => /^(?:@[^:=\s]+:)?registry\s*=/.test(line))
      .map((line) => line.replace(/\/\/[^/\s]*@/, "//"))
      .toSorted();
  } catch {
    return [];
  }
}
