import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The command as it is published, seen from build/test/cli. */
export const plugoFile: string = fileURLToPath(new URL("../../../dist/cli/bin.js", import.meta.url));

/** The root of the checkout. */
export const checkout: string = fileURLToPath(new URL("../../../", import.meta.url)).replace(/[/\\]$/, "");

export interface CommandRun {
  readonly exitCode: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The user that it runs as. */
  readonly uid?: number;
  /** Whether nobody reads what it prints. */
  readonly closesOutput?: boolean;
  /** Whether nobody reads what it notes. */
  readonly closesErrors?: boolean;
  /** Called with each piece of output. */
  readonly onOutput?: (child: { kill(signal: NodeJS.Signals): boolean }) => void;
}

const deadlineMs = 60_000;

/** Runs `plugo` as a process without a terminal, in a folder. */
export async function runPlugo(folder: string, args: readonly string[], options: RunOptions = {}): Promise<CommandRun> {
  const { env = {}, uid, onOutput, closesOutput = false, closesErrors = false } = options;
  const child = spawn(process.execPath, [plugoFile, ...args], {
    cwd: folder,
    env: { ...cleanEnv(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const written = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      written[stream] += text;
      onOutput?.(child);
    });
  }
  if (closesOutput) child.stdout.destroy();
  if (closesErrors) child.stderr.destroy();
  const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearTimeout(timer);
  return { exitCode: code ?? signal, ...written };
}

/** The same with `--json`: what was printed, as a value. */
export async function plugoJson<T>(folder: string, args: readonly string[], options: RunOptions = {}): Promise<T> {
  const { stdout, stderr } = await runPlugo(folder, [...args, "--json"], options);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`${args.join(" ")} printed no JSON:\n${stdout}\n${stderr}`);
  }
}

/** What the tests run with, without what would change what the command does. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const left = new Set(["ENABLED_PLUGINS", "NODE_TEST_CONTEXT", "FORCE_COLOR", "NO_COLOR", "CI", "INIT_CWD"]);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !left.has(name)));
}
