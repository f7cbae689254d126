import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crypto } from "../../kernel/lazy-require.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import { readTextOfFile } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";
import type { Clock } from "../clock.ts";
import { isAlive, isProcessIdentity, thisProcess, type ProcessIdentity } from "./process-identity.ts";
import { brokenLockName, temporaryName } from "./temporary-name.ts";

const beatMs = 2_000;
/** After so long without a beat, the owner counts as gone when nothing can be found out about it. */
const staleMs = 10_000;
/** The same for a process that runs: it is stopped, or the worker in it that owned the lock has ended. */
const stalledMs = 60_000;
const lookMs = 50;
const ownerFile = "owner.json";

export interface LockRequest {
  /** The lock's own path: a folder that is there as long as it is held. Its parent is there. */
  readonly path: string;
  readonly clock: Clock;
  /** How long to wait for another process in all, in milliseconds. */
  readonly waitLimitMs: number;
  readonly signal: AbortSignal;
  /** Asked before each attempt: whether there is no need for it any more. */
  readonly isNeedless: () => boolean;
  /** Called once, with the owner in words, when it has to be waited for. */
  readonly onWait: (owner: string) => void;
}

/** What became of a {@link LockRequest}. */
export type LockOutcome =
  | { readonly kind: "held"; readonly lock: EnvironmentLock }
  | { readonly kind: "needless" }
  | { readonly kind: "aborted" }
  | { readonly kind: "timed out"; readonly owner: string };

/**
 * Held by one process of all that share the folder, on any machine. It is a folder that holds its owner; the owner
 * touches it every two seconds. A process that ended without releasing it holds up the others not at all on the same
 * machine, and for ten seconds on others.
 *
 * A lock is made under another name and renamed, so that it is never there without its owner; and it is put aside by
 * renaming it to a name of its own, so that of several processes that find it abandoned only one does, and none puts
 * aside the next one.
 */
export class EnvironmentLock {
  readonly #path: string;
  readonly #token: string;
  readonly #clock: Clock;
  readonly #beating: Disposable;
  #lastBeat: number;
  #wasLate = false;

  private constructor(path: string, token: string, clock: Clock) {
    this.#path = path;
    this.#token = token;
    this.#clock = clock;
    this.#lastBeat = clock.now();
    this.#beating = clock.every(beatMs, () => this.#beat());
  }

  /** Throws the file system's error when a lock cannot be made there. */
  static async acquire(request: LockRequest): Promise<LockOutcome> {
    const { path, clock, signal } = request;
    const startedAt = clock.now();
    let seen: SeenLock | undefined;
    for (;;) {
      if (signal.aborted) return { kind: "aborted" };
      if (request.isNeedless()) return { kind: "needless" };
      const state = lookAt(path);
      if (state === undefined) {
        const token = tryToMake(path);
        if (token !== undefined) return { kind: "held", lock: new EnvironmentLock(path, token, clock) };
      } else {
        if (seen === undefined) request.onWait(state.description);
        if (seen?.beat !== state.beat) seen = { ...state, since: clock.now() };
        if (isAbandoned(state, clock.now() - seen.since) && putAside(path, state.token)) continue;
      }
      if (clock.now() - startedAt >= request.waitLimitMs) {
        return { kind: "timed out", owner: seen?.description ?? "other processes" };
      }
      await clock.wait(lookMs, signal);
    }
  }

  /** Whether no other process has taken it over. */
  isHeld(): boolean {
    return lookAt(this.#path)?.token === this.#token;
  }

  release(): void {
    this.#beating[Symbol.dispose]();
    this.#noteLateness();
    putAside(this.#path, this.#token);
    // Someone may have found it abandoned and be about to put it aside: then its name must stay taken.
    if (!this.#wasLate) {
      rmSync(join(dirname(this.#path), brokenLockName(this.#token)), { recursive: true, force: true });
    }
  }

  #beat(): void {
    this.#noteLateness();
    this.#lastBeat = this.#clock.now();
    const now = new Date();
    try {
      if (this.isHeld()) utimesSync(join(this.#path, ownerFile), now, now);
    } catch {
      // The others see that it does not beat.
    }
  }

  #noteLateness(): void {
    this.#wasLate ||= this.#clock.now() - this.#lastBeat > staleMs / 2;
  }
}

interface LockState {
  readonly token: string;
  /** Changes with each beat. */
  readonly beat: string;
  readonly owner: ProcessIdentity | undefined;
  readonly description: string;
}

interface SeenLock extends LockState {
  /** When it was first seen as it is. */
  readonly since: number;
}

function lookAt(path: string): LockState | undefined {
  const file = join(path, ownerFile);
  const stats = statsOf(file) ?? statsOf(path);
  if (stats === undefined) return undefined;
  const content = readOwner(file);
  const token = content?.token ?? `unknown-${stats.ino}-${Math.round(stats.mtimeMs)}`;
  const owner = content?.owner;
  return {
    token,
    beat: `${token} ${stats.mtimeMs}`,
    owner,
    description: owner === undefined ? "an unknown process" : `process ${owner.pid} on ${owner.machine.split(" ")[0]}`,
  };
}

function readOwner(file: string): { readonly token: string; readonly owner: ProcessIdentity } | undefined {
  const owner = readJsonObject(file, readTextOfFile);
  if (owner === undefined || !isProcessIdentity(owner)) return undefined;
  const { token } = owner as { readonly token?: unknown };
  return typeof token === "string" && /^[0-9a-f]{1,64}$/.test(token) ? { token, owner } : undefined;
}

/** The token of the lock that was made; `undefined` when another process was faster. */
function tryToMake(path: string): string | undefined {
  const token = crypto().randomBytes(12).toString("hex");
  const temporary = join(dirname(path), temporaryName("lock"));
  try {
    mkdirSync(temporary);
    writeFileSync(join(temporary, ownerFile), `${JSON.stringify({ ...thisProcess(), token })}\n`);
    renameSync(temporary, path);
    return token;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (statsOf(path) !== undefined || isTaken(error)) return undefined;
    throw error;
  }
}

/** The name of a folder that holds something cannot be taken, which Windows says in another way. */
function isTaken(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== "rename") return false;
  return code === "ENOTEMPTY" || code === "EEXIST" || (code === "EPERM" && process.platform === "win32");
}

function isAbandoned({ owner }: LockState, unchangedMs: number): boolean {
  const alive = owner === undefined ? undefined : isAlive(owner);
  if (alive === false) return true;
  return unchangedMs >= (alive === true ? stalledMs : staleMs);
}

/** Whether this process did it. If not, it is gone, or another process did: whoever wants the lock looks again. */
function putAside(path: string, token: string): boolean {
  try {
    renameSync(path, join(dirname(path), brokenLockName(token)));
    return true;
  } catch {
    return false;
  }
}
