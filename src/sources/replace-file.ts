import { accessSync, chmodSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Replaces a file that there is, in one step. It keeps its permissions. The path is without symbolic links. Throws the
 * file system's error; the file is then as it was.
 */
export function replaceFile(file: string, text: string): void {
  // A file that is write-protected is so on purpose, although its folder would let it be replaced.
  accessSync(file, constants.W_OK);
  const { mode } = statSync(file);
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { mode });
    // What the process masks when it creates a file.
    chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
