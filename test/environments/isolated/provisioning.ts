import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ProcessIdentity } from "#src/environments/home/process-identity.js";
import type { Arena } from "../arena.ts";

/** A line of `provision-process`. */
export interface Fact {
  readonly kind: "ready" | "waiting" | "installing" | "output" | "installed" | "failed" | "result" | "warning" | "done";
  readonly plugin?: string;
  readonly identity?: ProcessIdentity;
  readonly code?: string;
  readonly message?: string;
  readonly environment?: string;
  readonly loaded?: unknown;
}

/** A process that provisions plugins of an arena. Disposing it ends it, and what it has started. */
export class Provisioning implements AsyncDisposable {
  readonly facts: Fact[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #onFact: () => void = () => {};

  constructor(
    arena: Arena,
    version: string,
    plugins: readonly string[],
    identity: { uid?: number; gid?: number } = {},
  ) {
    const script = fileURLToPath(import.meta.resolve("./provision-process.js"));
    this.#child = spawn(process.execPath, [script, arena.app.path, arena.registry.path, version, ...plugins], {
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
      ...identity,
    });
    this.#ended = once(this.#child, "close");
    this.#child.stdin?.on("error", () => {});
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.facts.push(JSON.parse(line) as Fact);
      this.#onFact();
    });
    this.#child.on("close", () => this.#onFact());
  }

  begin(): void {
    this.#child.stdin?.write("go\n");
  }

  /** The next fact of a kind, or the one that there is. Rejects when the process ends without it. */
  fact(kind: Fact["kind"]): Promise<Fact> {
    return new Promise((resolve, reject) => {
      this.#onFact = () => {
        const found = this.facts.find((fact) => fact.kind === kind);
        if (found !== undefined) resolve(found);
        else if (this.#child.exitCode !== null || this.#child.signalCode !== null) reject(new Error(`no ${kind}`));
      };
      this.#onFact();
    });
  }

  async results(): Promise<readonly Fact[]> {
    await this.fact("done");
    return this.facts.filter(({ kind }) => kind === "result");
  }

  /** Ends the process at once, and leaves alone what it has started. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Stops it, so that it does not even beat; `SIGCONT` lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-(this.#child.pid ?? 0), "SIGKILL");
    } catch {
      // They have all ended.
    }
    await this.#ended;
  }
}
