import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { childProcess, util } from "../../kernel/lazy-require.ts";
import { describeThrown } from "../../kernel/plugo-error.ts";
import { endWithProcess } from "./end-with-process.ts";
import type { InstallerProgram } from "./find-installer.ts";

export interface InstallerRun {
  readonly program: Pick<InstallerProgram, "command" | "leading">;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Until it is ended, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onOutput: (line: string) => void;
}

/** How a run came to its end, with the last lines of its output. */
export type InstallerEnd = { readonly lines: readonly string[] } & (
  | { readonly how: "exited"; readonly exitCode: number | null }
  | { readonly how: "timed out" }
  | { readonly how: "aborted" }
  | { readonly how: "not started"; readonly reason: string }
);

/** How long it may take to end by itself when it is told to, in milliseconds. */
const graceMs = 1000;
/** More than are shown: npm says what is wrong before it tells how it is used. */
const keptLines = 200;

/**
 * Runs an installer without a shell and without input, in a process group of its own: a Ctrl-C in the terminal does not
 * reach it, and when the promise settles none of the group is left. Never rejects. When this process exits, or a signal
 * ends it, so is the group; only when this process is killed does it go on.
 */
export async function runInstaller(run: InstallerRun): Promise<InstallerEnd> {
  const lines: string[] = [];
  if (run.signal.aborted) return { how: "aborted", lines };
  if (run.timeoutMs <= 0) return { how: "timed out", lines };
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    run.onOutput(line);
  };
  let child: ChildProcessByStdio<null, Readable, Readable>;
  try {
    child = start(run);
  } catch (error) {
    return { how: "not started", reason: describeThrown(error), lines };
  }
  const outputs = [readLines(child.stdout, keep), readLines(child.stderr, keep)];
  const exited = new Promise<InstallerEnd>((resolve) => {
    child.once("error", (error) => resolve({ how: "not started", reason: error.message, lines }));
    child.once("exit", (exitCode) => resolve({ how: "exited", exitCode, lines }));
  });

  let stopped: "timed out" | "aborted" | undefined;
  let grace: NodeJS.Timeout | undefined;
  const stop = (why: "timed out" | "aborted"): void => {
    if (stopped !== undefined) return;
    stopped = why;
    signalGroup(child, "SIGTERM");
    grace = setTimeout(() => signalGroup(child, "SIGKILL"), graceMs);
  };
  const onAbort = (): void => stop("aborted");
  const limit = setTimeout(() => stop("timed out"), Math.min(run.timeoutMs, 2 ** 31 - 1));
  run.signal.addEventListener("abort", onAbort, { once: true });
  const ending = endWithProcess(() => void signalGroup(child, "SIGKILL"));
  try {
    const end = await exited;
    await endWhatIsLeft(child);
    await readToTheEnd(outputs, child);
    return stopped === undefined ? end : { how: stopped, lines };
  } finally {
    clearTimeout(limit);
    clearTimeout(grace);
    run.signal.removeEventListener("abort", onAbort);
    ending[Symbol.dispose]();
  }
}

function start({ program, args, folder, env }: InstallerRun): ChildProcessByStdio<null, Readable, Readable> {
  return childProcess().spawn(program.command, [...program.leading, ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
}

/** Whether there was a process to signal. */
function signalGroup({ pid, exitCode }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): boolean {
  if (pid === undefined) return false;
  if (process.platform === "win32") {
    // Windows has no groups: the tree is walked from a process that still runs.
    if (exitCode !== null) return false;
    const taskkill = join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "taskkill.exe");
    return (
      childProcess().spawnSync(taskkill, ["/pid", String(pid), "/T", "/F"], { windowsHide: true, stdio: "ignore" })
        .status === 0
    );
  }
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** Ends what the installer has started and not waited for. A killed process takes a moment to be gone. */
async function endWhatIsLeft(child: ChildProcess): Promise<void> {
  const endsAt = performance.now() + graceMs;
  while (signalGroup(child, "SIGKILL") && performance.now() < endsAt) await util().promisify(setTimeout)(5);
}

/** Who has left the group may keep the output open: it is not waited for. */
async function readToTheEnd(
  outputs: readonly Promise<void>[],
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<void> {
  const close = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const limit = setTimeout(close, graceMs);
  await Promise.all(outputs);
  clearTimeout(limit);
}

/** Hands on each line without colours and what follows a carriage return as a line of its own. */
function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = "";
  const emit = (line: string): void => {
    const text = util().stripVTControlCharacters(line).trimEnd();
    if (text !== "") onLine(text);
  };
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n|\r/);
    rest = parts.pop() ?? "";
    for (const part of parts) emit(part);
    if (rest.length > maxLineLength) {
      emit(rest);
      rest = "";
    }
  });
  return new Promise((resolve) => {
    stream.once("close", () => {
      emit(rest);
      resolve();
    });
    stream.once("error", () => {});
  });
}

const maxLineLength = 100_000;
