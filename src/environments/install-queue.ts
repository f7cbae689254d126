import { availableParallelism } from "node:os";

/** Runs a few tasks side by side, and begins them in the order in which they came. A task that fails holds up no other. */
export class InstallQueue {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param limit How many run side by side. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  async add<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#limit) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

/** Installers share a cache and a network, and each may take 200 MB of memory: more processors do not help for long. */
const maxInstallers = 4;

/** The one of this process. */
export const installQueue: InstallQueue = new InstallQueue(Math.min(maxInstallers, availableParallelism()));
