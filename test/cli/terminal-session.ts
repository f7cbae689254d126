import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { cleanEnv, plugoFile } from "./run-plugo.ts";

const deadlineMs = 60_000;

/**
 * `plugo` in a real terminal, which tmux provides: keys go in, and the screen can be looked at. Disposing it ends the
 * terminal and what runs in it.
 */
export class TerminalSession implements AsyncDisposable {
  readonly #tmux: ChildProcessWithoutNullStreams;
  readonly #socket = `plugo-test-${randomUUID()}`;
  readonly #news = new EventEmitter();
  readonly #answers: ((lines: readonly string[]) => void)[] = [];
  readonly #ended: Promise<unknown>;

  constructor(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { error } = spawnSync("tmux", ["-V"]);
    assert.equal(error, undefined, 'tmux is missing, which these tests need: run "apt-get install tmux".');
    const words = [process.execPath, plugoFile, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
    // What ran has ended when its exit code stands on the screen; the terminal stays to be looked at.
    const command = `${words.join(" ")}; echo "exit code $?"; exec cat`;
    const options = ["-L", this.#socket, "-f", "/dev/null", "-C", "new-session", "-x", "110", "-y", "50", "-c", folder];
    this.#tmux = spawn("tmux", [...options, command], {
      env: { ...cleanEnv(), SHELL: "/bin/sh", ...env },
      stdio: "pipe",
    });
    this.#ended = once(this.#tmux, "close");
    let answer: string[] | undefined;
    let isFirst = true;
    createInterface({ input: this.#tmux.stdout }).on("line", (line) => {
      if (line.startsWith("%begin ")) answer = [];
      else if (line.startsWith("%end ") || line.startsWith("%error ")) {
        // The first is the answer to starting it.
        if (!isFirst) this.#answers.shift()?.(answer ?? []);
        isFirst = false;
        answer = undefined;
      } else if (answer !== undefined) answer.push(line);
      else if (line.startsWith("%output ")) this.#news.emit("news");
    });
  }

  /** Waits until the screen matches, and returns it. */
  async screen(pattern: RegExp): Promise<string> {
    const signal = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const news = once(this.#news, "news", { signal }).catch(() => {});
      const screen = (await this.#command("capture-pane -p -S -200")).join("\n");
      if (pattern.test(screen)) return screen;
      assert.ok(!signal.aborted, `${pattern} is not on the screen:\n${screen}`);
      await news;
    }
  }

  /** The same with the escape sequences of colours. */
  async colours(): Promise<string> {
    return (await this.#command("capture-pane -p -e -S -200")).join("\n");
  }

  /** Presses keys, by tmux's names: `Enter`, `C-c`, `Down`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#command(`send-keys ${keys.join(" ")}`);
  }

  /** Types a text. */
  async type(text: string): Promise<void> {
    await this.#command(`send-keys -l -- "${text}"`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    spawnSync("tmux", ["-L", this.#socket, "kill-server"]);
    await this.#ended;
  }

  async #command(command: string): Promise<readonly string[]> {
    const answer = new Promise<readonly string[]>((resolve) => this.#answers.push(resolve));
    this.#tmux.stdin.write(`${command}\n`);
    return answer;
  }
}
