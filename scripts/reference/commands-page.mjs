/** `commands.md`: what `plugo --help` and the help of each of its commands print. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { root, StepError } from "../process.mjs";
import { page } from "./markdown.mjs";

const program = path.join(root, "dist", "cli", "bin.js");

export function commandsPage() {
  // Where no project and no package adds commands of its own.
  const folder = mkdtempSync(path.join(tmpdir(), "plugo-docs-"));
  try {
    const overview = helpOf([], folder);
    const names = Array.from(overview.matchAll(/^ {2}([a-z][a-z-]*) \[options\]/gm), ([, name]) => name);
    return page(
      "Commands",
      "Look up a command of `plugo` and its options.",
      "[The command](../command.md) says where it looks, what its exit codes mean, and how to add commands.",
      fenced(overview),
      ...names.flatMap((name) => [`## plugo ${name}`, fenced(helpOf([name], folder))]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function helpOf(command, cwd) {
  const { PATH } = process.env;
  const run = spawnSync(process.execPath, [program, ...command, "--help"], { cwd, encoding: "utf8", env: { PATH } });
  if (run.status !== 0) throw new StepError(`plugo ${command.join(" ")} --help failed: ${run.stderr}`);
  return run.stdout.trimEnd();
}

function fenced(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}
