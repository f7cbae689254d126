import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a child process printed and how it ended. */
export interface ChildResult {
  /** What the script returned, as JSON; `undefined` when it did not come to that. */
  readonly value: any;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

interface ChildOptions {
  readonly cwd: string;
  /** What the script gets as `args`, as JSON. */
  readonly args?: unknown;
  /** What runs before the package is imported. */
  readonly before?: string;
}

/** Longer than any child takes, and shorter than anybody waits for a hang. */
const deadlineMs = 20_000;

/**
 * Runs the body of an async function in a process of its own. It has `plugo` (the package), `fs`, `path`, `args`, and
 * `quiet` (a logger that keeps its lines in `lines`).
 */
export async function runToEnd(body: string, { cwd, args, before = "" }: ChildOptions): Promise<ChildResult> {
  const script = `
    import fs from "node:fs";
    import path from "node:path";
    ${before}
    const plugo = await import(${JSON.stringify(import.meta.resolve("@plugo/node"))});
    const lines = [];
    const keep = (level) => (message) => void lines.push(level + " " + message);
    const quiet = { lines, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
    const args = JSON.parse(process.argv[1]);
    const value = await (async () => { ${body} })();
    process.stdout.write("\\nRESULT " + JSON.stringify(value ?? null) + "\\n");
  `;
  const command = ["--input-type=module", "--eval", script, JSON.stringify(args ?? null)];
  const child = spawn(process.execPath, command, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearTimeout(timer);
  const result = /^RESULT (.*)$/m.exec(stdout)?.[1];
  return { value: result === undefined ? undefined : JSON.parse(result), code, signal, stderr };
}

/** The same for a script that has to come to its end. */
export async function runInChild(body: string, options: ChildOptions): Promise<ChildResult> {
  const result = await runToEnd(body, options);
  if (result.code === 0 && result.value !== undefined) return result;
  throw new Error(`The child ended with ${result.code ?? result.signal}:\n${result.stderr}`);
}

/**
 * Gives up the privileges of root, if the process has them: permissions of files mean nothing to root. Everything that
 * is loaded late has to be loaded before, since the checkout may be out of reach then.
 */
export const becomeNobody = `
  {
    const warm = fs.mkdtempSync(path.join(fs.realpathSync("/tmp"), "plugo-warm-"));
    fs.mkdirSync(path.join(warm, "a"));
    fs.writeFileSync(path.join(warm, "a", "metadata.json"), '{ "version": 1 }');
    fs.mkdirSync(path.join(warm, "b"));
    fs.writeFileSync(path.join(warm, "b", "metadata.json"), "{");
    fs.mkdirSync(path.join(warm, "c"));
    fs.writeFileSync(path.join(warm, "c", "metadata.json"), "{}");
    fs.writeFileSync(path.join(warm, "c", "plugin.ts"), 'import "./x.ts"; import "node:fs"; export function initPlugin(): void {}');
    fs.writeFileSync(path.join(warm, "c", "x.ts"), "export const x: number = 1;");
    const cwd = process.cwd();
    process.chdir(warm);
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    await (await plugo.loadPlugins({ pluginDirectory: warm, logger: silent, env: {}, plugins: [] })).close();
    process.chdir(cwd);
    fs.rmSync(warm, { recursive: true });
    if (process.getuid() === 0) {
      process.setgroups([]);
      process.setgid(65534);
      process.setuid(65534);
    }
  }
`;
