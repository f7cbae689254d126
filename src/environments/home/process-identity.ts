import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isJsonObject } from "../../manifest/json-object.ts";

/** Which process something belongs to, so that others can tell whether it still runs. JSON-safe. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The machine, and on Linux the container: a process's number means something there only. */
  readonly machine: string;
  /** When the process began, in the system's own unit; `null` where that cannot be read without running something. */
  readonly startedAt: string | null;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  return (own ??= Object.freeze({ pid: process.pid, machine: thisMachine(), startedAt: startOf(process.pid) }));
}

let own: ProcessIdentity | undefined;

/** Whether a process runs; `undefined` when that cannot be told: it is on another machine, or another may have its number. */
export function isAlive({ pid, machine, startedAt }: ProcessIdentity): boolean | undefined {
  if (machine !== thisProcess().machine) return undefined;
  if (pid === process.pid && startedAt === thisProcess().startedAt) return true;
  if (!exists(pid)) return false;
  const actual = startOf(pid);
  return actual === null || startedAt === null ? undefined : actual === startedAt;
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (!isJsonObject(value)) return false;
  const { pid, machine, startedAt } = value;
  const isNumbered = Number.isInteger(pid) && (pid as number) > 0;
  return isNumbered && typeof machine === "string" && (startedAt === null || typeof startedAt === "string");
}

function thisMachine(): string {
  if (process.platform !== "linux") return hostname();
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** `""` for one that has ended, and which nobody has asked how. */
function startOf(pid: number): string | null {
  if (process.platform !== "linux") return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? null);
  } catch {
    return null;
  }
}
