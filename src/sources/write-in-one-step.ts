import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { crypto } from "../kernel/lazy-require.ts";

/**
 * Makes a file hold this, whatever ends the process meanwhile: what was there before, or all of it. Throws the file
 * system's error; the file is then as it was.
 *
 * @param mode The permissions. Default: those of any new file.
 */
export function writeInOneStep(file: string, content: string | Uint8Array, mode?: number): void {
  const temporary = temporaryBeside(file);
  try {
    writeDurably(temporary, content);
    if (mode !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes a new file, which is on the disk when this returns. Throws the file system's error. */
export function writeDurably(file: string, content: string | Uint8Array): void {
  const descriptor = openSync(file, "wx");
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A path in the same folder that no other process uses and that watchers and tools pass over. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${crypto().randomUUID().slice(0, 8)}.tmp`);
}
