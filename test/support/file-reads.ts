import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createFolder, type Files, type TestFolder } from "./plugin-folder.ts";

/** The files that are read while `run` runs. */
export function readsOf(run: () => void): readonly string[] {
  const original = fs.readFileSync;
  const reads: string[] = [];
  fs.readFileSync = ((path: string, ...rest: [never]) => {
    reads.push(path);
    return original(path, ...rest);
  }) as typeof original;
  syncBuiltinESMExports();
  try {
    run();
  } finally {
    fs.readFileSync = original;
    syncBuiltinESMExports();
  }
  return reads;
}

/** A folder whose files are old enough for their times to tell each write. */
export async function createOldFolder(files: Files): Promise<TestFolder> {
  const folder = createFolder(files);
  const writtenAtMs = Date.now();
  while (Date.now() - writtenAtMs < 25) await new Promise((resolve) => setImmediate(resolve));
  return folder;
}
