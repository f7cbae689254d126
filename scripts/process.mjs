/** What the scripts share about processes: where the checkout is, how to run a command, how to end. */
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The root folder of the checkout. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** A step ended badly and has said why; only its exit code is left to pass on. */
export class StepError extends Error {
  name = "StepError";

  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Whether the module at `url` is the script that was started. */
export function isMain(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === path.resolve(process.argv[1]);
}

/** Runs a script's main function; a `StepError` becomes one line and its exit code. */
export async function runAsMain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}

/** Tells the person at the terminal what the scripts do, apart from the output of what they run. */
export function say(message) {
  process.stderr.write(`plugo: ${message}\n`);
}

/** Runs a Node script of the checkout or of a dependency, its output on this terminal; resolves to the exit code. */
export function runNode(args, { node = process.execPath, env = process.env } = {}) {
  return run(node, args, { env });
}

/** Runs npm, whichever way this process was started. */
export function runNpm(args) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.[cm]?js$/.test(cli)) return run(process.execPath, [cli, ...args]);
  return run("npm", args, { shell: process.platform === "win32" });
}

/** The code a shell would give: 128 and the signal's number is more than anyone needs here, so a signal is 1. */
function run(command, args, { env = process.env, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, shell, stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
