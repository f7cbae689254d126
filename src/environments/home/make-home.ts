import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Makes the folder of environments, which version control is to ignore. Throws the file system's error. */
export function makeHome(home: string): void {
  mkdirSync(home, { recursive: true });
  const parent = dirname(home);
  const ignoring = join(basename(parent) === ".plugo" ? parent : home, ".gitignore");
  if (!existsSync(ignoring)) writeFileSync(ignoring, "*\n");
}
