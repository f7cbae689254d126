import { isThenable } from "../kernel/time-limit.ts";
import type { Provisioned } from "./provision-attempts.ts";

/** An installation that no change waits for. */
interface Installation {
  readonly end: Promise<void>;
  /** Whether the plugin's files may have changed since it began: what comes of it says nothing any more. */
  isOutdated: boolean;
}

/**
 * Packages that are installed for plugins whose files were saved. An installation may take minutes, and the saves of
 * other plugins do not wait for it: the plugin is held back, and its change follows when the packages are there.
 */
export class BackgroundProvisions {
  readonly #onEnd: (name: string) => void;
  readonly #running = new Map<string, Installation>();
  readonly #ended = new Map<string, Provisioned>();

  /** @param onEnd Called when a plugin's change can follow. */
  constructor(onEnd: (name: string) => void) {
    this.#onEnd = onEnd;
  }

  /** Whether a plugin is held back. */
  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** Takes note that a plugin's files may have changed. */
  outdate(name: string): void {
    const installation = this.#running.get(name);
    if (installation !== undefined) installation.isOutdated = true;
  }

  /** What came of a plugin's installation, once, unless its files may have changed meanwhile. */
  take(name: string): Provisioned | undefined {
    const provisioned = this.#ended.get(name);
    this.#ended.delete(name);
    return provisioned;
  }

  /** Takes out of `provisions` what has to be waited for. Returns the names of those plugins. */
  holdBack(provisions: Map<string, Provisioned | Promise<Provisioned>>): ReadonlySet<string> {
    const names = new Set<string>();
    for (const [name, provision] of provisions) {
      if (!isThenable(provision)) continue;
      provisions.delete(name);
      names.add(name);
      this.#running.set(name, { end: this.#wait(name, provision), isOutdated: false });
    }
    return names;
  }

  /** Resolves when nothing is being installed. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(Array.from(this.#running.values(), ({ end }) => end));
  }

  async #wait(name: string, provision: Promise<Provisioned>): Promise<void> {
    const provisioned = await provision;
    if (this.#running.get(name)?.isOutdated === false) this.#ended.set(name, provisioned);
    this.#running.delete(name);
    this.#onEnd(name);
  }
}
