import { execFileSync } from "node:child_process";
import { join } from "node:path";

const children = join(import.meta.dirname, "..", "children");

/**
 * Runs a script of `bench/children` in a process of its own. Returns what its last line says, which is JSON.
 *
 * @param {string} child
 * @param {readonly string[]} args
 * @param {{ flags?: readonly string[], env?: object, timeoutMs?: number }} options
 */
export function runChild(child, args, { flags = [], env = {}, timeoutMs = 120_000 } = {}) {
  const output = execFileSync(process.execPath, [...flags, join(children, child), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 64_000_000,
    timeout: timeoutMs,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output.trim().split("\n").at(-1));
}
