import { isThenable, timedOut, withTimeLimit } from "./time-limit.ts";

/** Undoes something; may be asynchronous. */
export type Undo = () => unknown;

/** An undo that did not work: it threw, or did not finish in time. */
export type UndoFault =
  | { readonly label: string; readonly kind: "threw"; readonly error: unknown }
  | { readonly label: string; readonly kind: "timed out"; readonly timeoutMs: number };

interface OwnedUndo {
  readonly undo: Undo;
  readonly label: string;
}

type ScopeState =
  | { readonly kind: "open" }
  | { readonly kind: "disposing"; readonly done: Promise<void> }
  | { readonly kind: "disposed" };

/**
 * The owner of what was started: disposing it undoes everything, last in, first out. Every undo runs, whatever the
 * others do; each fault is handed to `onFault`. Disposing twice is disposing once.
 *
 * What is added while it is being disposed is undone in the same run; what is added afterwards is undone at once.
 */
export class Scope {
  #undos: OwnedUndo[] | undefined;
  #state: ScopeState = { kind: "open" };
  readonly #undoTimeoutMs: number;
  readonly #onFault: (fault: UndoFault) => void;

  /** @param undoTimeoutMs How long one undo may take, in milliseconds; 0 = no limit. */
  constructor(undoTimeoutMs: number, onFault: (fault: UndoFault) => void) {
    this.#undoTimeoutMs = undoTimeoutMs;
    this.#onFault = onFault;
  }

  defer(undo: Undo, label: string): void {
    if (this.#state.kind === "disposed") void this.#run({ undo, label });
    else (this.#undos ??= []).push({ undo, label });
  }

  /** Never rejects. Resolves when every undo has run, or has used up its time. */
  async dispose(): Promise<void> {
    if (this.#state.kind === "open") {
      const done = this.#undoAll();
      // Without anything to wait for, it is already done.
      if (this.#isOpen()) this.#state = { kind: "disposing", done };
    }
    if (this.#state.kind === "disposing") await this.#state.done;
  }

  #isOpen(): boolean {
    return this.#state.kind === "open";
  }

  async #undoAll(): Promise<void> {
    for (let owned = this.#undos?.pop(); owned !== undefined; owned = this.#undos?.pop()) {
      // One after the other: an undo may rely on what was started before it.
      await this.#run(owned);
    }
    this.#state = { kind: "disposed" };
  }

  async #run({ undo, label }: OwnedUndo): Promise<void> {
    try {
      const result = undo();
      if (!isThenable(result)) return;
      if ((await withTimeLimit(result, this.#undoTimeoutMs)) === timedOut) {
        this.#onFault({ label, kind: "timed out", timeoutMs: this.#undoTimeoutMs });
      }
    } catch (error) {
      this.#onFault({ label, kind: "threw", error });
    }
  }
}
