import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeInOneStep } from "../../sources/write-in-one-step.ts";

/** Writes a file in one step, and the folders around it. One that holds just that already is left alone, with its date. */
export function writeOutput(file: string, content: string): void {
  if (holds(file, content)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeInOneStep(file, content);
}

function holds(file: string, content: string): boolean {
  try {
    return readFileSync(file, "utf8") === content;
  } catch {
    return false;
  }
}
