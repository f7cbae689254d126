import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";

/** The folder of the examples, seen from build/test/examples. */
const examples = new URL("../../../examples/", import.meta.url);
const deadlineMs = 60_000;

/** The path of a file of the examples. */
export function exampleFile(path: string): string {
  return fileURLToPath(new URL(path, examples));
}

/** A Node.js process whose output is awaited; disposing it ends it. */
export class ExampleProcess implements AsyncDisposable {
  /** What it has written to standard output and standard error so far. */
  output = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #news = new EventEmitter();
  #isRunning = true;

  constructor(args: readonly string[], options: { readonly cwd: string; readonly env?: Record<string, string> }) {
    const { ENABLED_PLUGINS: _, ...inherited } = process.env;
    const env = { ...inherited, NO_COLOR: "1", ...options.env };
    this.#child = spawn(process.execPath, args, { cwd: options.cwd, env, stdio: "pipe" });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        this.#news.emit("news");
      });
    }
    this.#ended = once(this.#child, "close");
    this.#child.once("close", () => {
      this.#isRunning = false;
      this.#news.emit("news");
    });
  }

  /** Waits for output that matches, and returns the match. Rejects when the process ends, or time is up, before. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    const signal = AbortSignal.timeout(deadlineMs);
    let match = pattern.exec(this.output);
    while (match === null && this.#isRunning && !signal.aborted) {
      await once(this.#news, "news", { signal }).catch(() => {});
      match = pattern.exec(this.output);
    }
    if (match === null) throw new Error(`${pattern} is not in the output:\n${this.output}`);
    return match;
  }

  /** Writes a line to its standard input. */
  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Waits for its end, after a signal when one is given. Returns the exit code, or the signal that ended it. */
  async end(signal?: NodeJS.Signals): Promise<number | string | null> {
    if (signal !== undefined) this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), deadlineMs);
    await this.#ended;
    clearTimeout(timer);
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
