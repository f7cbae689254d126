/** Fails when schemas/ in git is not what the build generates from src/. */
import { execFileSync } from "node:child_process";
import { root, runAsMain, say, StepError } from "./process.mjs";

await runAsMain(async () => {
  const changed = [...git("diff", "--name-only"), ...git("ls-files", "--others", "--exclude-standard")];
  if (changed.length === 0) return say("schemas/ in git is what the build generates.");
  throw new StepError(
    `Generated anew and not yet in git: ${changed.join(", ")}. Look at the change and \`git add\` it.`,
  );
});

function git(...args) {
  const output = execFileSync("git", [...args, "--", "schemas"], { cwd: root, encoding: "utf8" });
  return output.split("\n").filter((line) => line !== "");
}
