import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { crypto } from "../kernel/lazy-require.ts";

/**
 * Makes a file hold this, whatever ends the process meanwhile: what was there before, or all of it. It does not wait
 * until the disk has it. Throws the file system's error; the file is then as it was.
 *
 * @param mode The permissions. Default: those of any new file.
 */
export function writeInOneStep(file: string, content: string | Uint8Array, mode?: number): void {
  const temporary = temporaryBeside(file);
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    if (mode !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A path in the same folder that no other process uses and that watchers and tools pass over. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${crypto().randomUUID().slice(0, 8)}.tmp`);
}
