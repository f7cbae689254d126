import { contentHash } from "../../kernel/content-hash.ts";
import { crypto } from "../../kernel/lazy-require.ts";
import { isAlive, thisProcess } from "./process-identity.ts";

/** What is on its way into the folder of environments, or out of it. */
export type TemporaryKind = "lock" | "staging" | "pruned";

const prefix = ".tmp-";

/** A name that no other process uses, and that says whose it is: `.tmp-<kind>-<machine>-<pid>-<random>`. */
export function temporaryName(kind: TemporaryKind): string {
  return `${prefix}${kind}-${machineCode()}-${process.pid}-${crypto().randomBytes(6).toString("hex")}`;
}

/** The name under which a lock is put aside: each lock has one, so that only one process can put aside that lock. */
export function brokenLockName(token: string): string {
  return `${prefix}broken-${token}`;
}

/**
 * Whether something in the folder of environments was left behind by a process that has ended.
 *
 * @param ageMs How long it has had its name.
 */
export function isLeftover(name: string, ageMs: number): boolean {
  if (!name.startsWith(prefix)) return false;
  if (ageMs > (name.startsWith(brokenLockName("")) ? brokenLockMs : abandonedMs)) return true;
  const [, machine, pid] = /^\.tmp-(?:lock|staging|pruned)-([0-9a-f]+)-(\d+)-[0-9a-f]+$/.exec(name) ?? [];
  if (machine !== machineCode() || Number(pid) === process.pid) return false;
  return isAlive({ pid: Number(pid), machine: thisProcess().machine, startedAt: null }) === false;
}

/** Longer than anything takes that has such a name. */
const abandonedMs = 3_600_000;
/** Longer than a process takes from finding a lock abandoned to putting it aside. */
const brokenLockMs = 60_000;

function machineCode(): string {
  return (code ??= contentHash(thisProcess().machine).slice(0, 8));
}

let code: string | undefined;
