import { accessSync, constants, statSync } from "node:fs";
import { writeInOneStep } from "./write-in-one-step.ts";

/**
 * Replaces a file that there is, in one step. It keeps its permissions. The path is without symbolic links. Throws the
 * file system's error; the file is then as it was.
 */
export function replaceFile(file: string, text: string): void {
  // A file that is write-protected is so on purpose, although its folder would let it be replaced.
  accessSync(file, constants.W_OK);
  writeInOneStep(file, text, statSync(file).mode);
}
