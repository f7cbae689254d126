/** Gives a checkout the command under node_modules/.bin, as an application has it: npm made none, since it was not built. */
import { existsSync } from "node:fs";
import path from "node:path";
import { root, runNpm, say, StepError } from "./process.mjs";

export async function linkCommand() {
  if (existsSync(path.join(root, "node_modules", ".bin", "plugo"))) return;
  say("linking the command ...");
  const exitCode = await runNpm(["rebuild", "@plugo/node", "--ignore-scripts", "--loglevel=error"]);
  if (exitCode !== 0) throw new StepError("`npm rebuild @plugo/node` failed, its own message is above.");
}
