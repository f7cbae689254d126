import type * as LogUpdate from "log-update";
import { lazyRequire } from "./lazy-require.ts";

const logUpdate = lazyRequire<typeof LogUpdate>("log-update");
/** In milliseconds. */
const redrawEveryMs = 100;

/** Lines at the end of a terminal that change while something is under way, below everything that is written. */
export class LiveLines {
  readonly #stream: NodeJS.WriteStream;
  readonly #lines = new Map<string, () => string>();
  #update: ReturnType<typeof LogUpdate.createLogUpdate> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows a line, in place of the one of the same key. @param text Asked again and again, so that it may tell the time. */
  set(key: string, text: () => string): void {
    this.#lines.set(key, text);
    this.#timer ??= setInterval(() => this.#draw(), redrawEveryMs).unref();
    this.#draw();
  }

  /** Takes a line away. */
  delete(key: string): void {
    if (!this.#lines.delete(key)) return;
    if (this.#lines.size > 0) return this.#draw();
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#update?.clear();
    this.#update = undefined;
  }

  /** Writes what stays, above the lines. */
  writeAbove(text: string): void {
    this.#update?.clear();
    this.#stream.write(text);
    if (this.#lines.size > 0) this.#draw();
  }

  #draw(): void {
    // What is typed, the cursor included, is the application's.
    this.#update ??= logUpdate().createLogUpdate(this.#stream, { showCursor: true });
    this.#update(Array.from(this.#lines.values(), (text) => text()).join("\n"));
  }
}
