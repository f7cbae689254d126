import { isThenable } from "../kernel/time-limit.ts";
import type { PlanEntry } from "../plan/plan.ts";
import { packageTextOf, type Provisioned } from "./provision-attempts.ts";

/** An installation that no change waits for. */
interface Installation {
  readonly end: Promise<void>;
  /** Whether the plugin's files may have changed since it began: what comes of it says nothing any more. */
  isOutdated: boolean;
}

/** What came of an installation. */
interface EndedInstallation {
  readonly provisioned: Provisioned;
  /** Whether `package.json` is as it was when it began: nobody may have been told yet that it was saved. */
  readonly isCurrent: () => boolean;
}

/** By the plugin's name. */
export type EndedInstallations = ReadonlyMap<string, EndedInstallation>;

/**
 * Packages that are installed for plugins whose files were saved. An installation may take minutes, and the saves of
 * other plugins do not wait for it: the plugin is held back, and its change follows when the packages are there.
 */
export class BackgroundProvisions {
  readonly #onEnd: (names: ReadonlySet<string>) => void;
  readonly #running = new Map<string, Installation>();
  readonly #ended = new Map<string, EndedInstallation>();
  #waiting = new Set<string>();

  /** @param onEnd Called when changes can follow, with the names of the plugins. */
  constructor(onEnd: (names: ReadonlySet<string>) => void) {
    this.#onEnd = onEnd;
  }

  /** Whether a plugin is held back. */
  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** Whether a plugin waits for one that is held back. */
  isAwaiting(name: string): boolean {
    return this.#waiting.has(name);
  }

  /**
   * Begins a change. What came of the installations of plugins that it touches, as far as their files have not changed
   * meanwhile; what comes of those that still run says nothing any more.
   */
  takeEnded(isTouched: (name: string) => boolean): EndedInstallations {
    const taken = new Map<string, EndedInstallation>();
    for (const [name, installation] of this.#ended) {
      if (!isTouched(name)) continue;
      this.#ended.delete(name);
      if (installation.isCurrent()) taken.set(name, installation);
    }
    for (const [name, installation] of this.#running) if (isTouched(name)) installation.isOutdated = true;
    return taken;
  }

  /** Takes out of `provisions` what has to be waited for. Returns the names of those plugins. */
  holdBack(
    provisions: Map<string, Provisioned | Promise<Provisioned>>,
    entries: ReadonlyMap<string, PlanEntry>,
  ): ReadonlySet<string> {
    const names = new Set<string>();
    for (const [name, provision] of provisions) {
      if (!isThenable(provision)) continue;
      provisions.delete(name);
      names.add(name);
      this.#running.set(name, { end: this.#wait(entries.get(name)!, provision), isOutdated: false });
    }
    return names;
  }

  /**
   * Adds plugins that are connected with some that are held back: they are looked at again with the next that is not.
   *
   * @param ended What was taken in this change, and is of use then.
   */
  addWaiting(names: Iterable<string>, ended: EndedInstallations): void {
    for (const name of names) {
      this.#waiting.add(name);
      const installation = ended.get(name);
      if (installation !== undefined) this.#ended.set(name, installation);
    }
  }

  /** Resolves when nothing is being installed. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(Array.from(this.#running.values(), ({ end }) => end));
  }

  async #wait(entry: PlanEntry, provision: Promise<Provisioned>): Promise<void> {
    const { name } = entry;
    const packageText = packageTextOf(entry);
    const provisioned = await provision;
    if (this.#running.get(name)?.isOutdated === false) {
      this.#ended.set(name, { provisioned, isCurrent: () => packageTextOf(entry) === packageText });
    }
    this.#running.delete(name);
    const names = this.#waiting.add(name);
    this.#waiting = new Set();
    this.#onEnd(names);
  }
}
