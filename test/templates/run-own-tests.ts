import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export interface OwnTests {
  readonly exitCode: number | null;
  /** In TAP, with what was written to standard error. */
  readonly output: string;
}

/** Runs a plugin's own tests, as its `npm test` does. */
export async function runOwnTests(folder: string): Promise<OwnTests> {
  // What tells a test file that a runner waits for it is not the plugin's to see.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--test", "--test-reporter=tap"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { exitCode: exitCode as number | null, output: output + errors };
}
