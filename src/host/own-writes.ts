import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isUnwritten, type FolderContent } from "../sources/folder-content.ts";

/** So many attempts in a row may follow from a file that the attempt before has written. */
const attemptsInARow = 3;
/** The same where an attempt takes long: somebody may well save a file meanwhile, and again during the next one. */
const longAttempt = { fromMs: 500, inARow: 10 };

/** What is known of one plugin's latest attempt, and of what has come of those before it. */
interface PluginWrites {
  /** What its files held when the change with the attempt had ended. */
  after: FolderContent;
  limit: number;
  /** The files that it wrote itself, as of the latest comparison. */
  written: ReadonlySet<string>;
  /** How many attempts in a row have followed from it, by file. */
  readonly inARow: Map<string, number>;
  /** The files whose changes by an attempt call for no other. */
  readonly passedOver: Set<string>;
}

/**
 * Tells what the attempts of a plugin write from what somebody else does: a file that is now as it was when the attempt
 * had ended, and not as it was when the attempt began, was written by the attempt. One that would follow from that again
 * and again is not made.
 */
export class OwnWrites {
  readonly #report: (problem: PlugoError) => void;
  readonly #plugins = new Map<string, PluginWrites>();

  constructor(report: (problem: PlugoError) => void) {
    this.#report = report;
  }

  /** @param changed The files that are not as the latest attempt was made from them. */
  callForAttempt(name: string, changed: readonly string[]): boolean {
    const writes = this.#plugins.get(name);
    if (writes === undefined) return changed.length > 0;
    const written = new Set(changed.filter((file) => isUnwritten(file, writes.after)));
    writes.written = written;
    for (const file of writes.passedOver) if (!changed.includes(file)) writes.passedOver.delete(file);
    let isCalledFor = false;
    for (const file of changed) {
      if (!written.has(file)) isCalledFor = true;
      else if (!writes.passedOver.has(file)) isCalledFor = this.#mayFollow(name, file, writes) || isCalledFor;
    }
    return isCalledFor;
  }

  /**
   * Takes note of an attempt when its change has ended.
   *
   * @param after What the plugin's files hold now.
   * @param durationMs How long the change took.
   */
  note(name: string, after: FolderContent, durationMs: number): void {
    const limit = durationMs < longAttempt.fromMs ? attemptsInARow : longAttempt.inARow;
    const writes = this.#plugins.get(name);
    if (writes === undefined) {
      this.#plugins.set(name, { after, limit, written: new Set(), inARow: new Map(), passedOver: new Set() });
      return;
    }
    for (const file of writes.inARow.keys()) if (!writes.written.has(file)) writes.inARow.delete(file);
    for (const file of writes.written) writes.inARow.set(file, (writes.inARow.get(file) ?? 0) + 1);
    Object.assign(writes, { after, limit, written: new Set() });
  }

  /** Forgets the plugins for which `isKnown` does not hold. */
  forgetOthers(isKnown: (name: string) => boolean): void {
    for (const name of this.#plugins.keys()) if (!isKnown(name)) this.#plugins.delete(name);
  }

  #mayFollow(name: string, file: string, { inARow, limit, passedOver }: PluginWrites): boolean {
    const times = inARow.get(file) ?? 0;
    if (times < limit) return true;
    passedOver.add(file);
    this.#report(plugoError("PLUGO_RELOAD_LOOP", { name, file: displayPath(file), times }, { plugin: name }));
    return false;
  }
}
