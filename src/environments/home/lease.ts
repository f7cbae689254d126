import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import { readTextOfFile } from "../../manifest/read-text.ts";
import { statsOf } from "../../sources/stats-of.ts";
import { namesIn } from "./environments-in.ts";
import { isAlive, isProcessIdentity, thisProcess } from "./process-identity.ts";

const leasesFolder = ".leases";
/** A process of another machine counts as running for so long after it last took an environment into use. */
const foreignLeaseMs = 30 * 86_400_000;
/** Longer than writing one takes. */
const writingMs = 10_000;
/** Leases of processes that have ended are cleared when there are more. */
const keptLeases = 16;

/** The environments that this process uses, or is about to, in a file that pruning looks at. It only grows. */
export class Lease {
  readonly #home: string;
  readonly #file: string;
  readonly #environments = new Set<string>();

  constructor(home: string) {
    this.#home = home;
    const name = `${process.pid}-${Math.random().toString(36).slice(2, 14)}.json`;
    this.#file = join(home, leasesFolder, name);
  }

  /**
   * Called before it is looked whether they are there, so that what was seen is not pruned afterwards. Where nothing can
   * be written, nothing can be pruned from here.
   */
  add(environments: Iterable<string>): void {
    const before = this.#environments.size;
    for (const path of environments) this.#environments.add(basename(path));
    if (this.#environments.size > before) this.#write(before === 0);
  }

  #write(isFirst: boolean): void {
    const text = `${JSON.stringify({ ...thisProcess(), environments: [...this.#environments] })}\n`;
    try {
      writeFileSync(this.#file, text);
    } catch {
      if (!isFirst) return;
      try {
        // Nothing is in use of a home that is not there.
        if (statsOf(this.#home) === undefined) return;
        mkdirSync(dirname(this.#file));
        writeFileSync(this.#file, text);
      } catch {
        return;
      }
    }
    if (isFirst) setImmediate(clearEnded, dirname(this.#file)).unref();
  }
}

/** Tells which environments running processes use, by name. */
export function readLeases(home: string): (environment: string) => boolean {
  const folder = join(home, leasesFolder);
  const leases = namesIn(folder).map((name) => readLease(join(folder, name)));
  // One that is being written may name any.
  if (leases.includes(undefined)) return () => true;
  const inForce = leases.flatMap((lease) => (lease?.isInForce === true ? lease.environments : []));
  const names = new Set(inForce);
  return (environment) => names.has(environment);
}

interface ReadLease {
  readonly environments: readonly string[];
  readonly isInForce: boolean;
}

function clearEnded(folder: string): void {
  const names = namesIn(folder);
  if (names.length <= keptLeases) return;
  clearLeases(folder, names);
}

/** Removes the leases of processes that have ended. */
export function clearEndedLeases(home: string): void {
  const folder = join(home, leasesFolder);
  clearLeases(folder, namesIn(folder));
}

function clearLeases(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const file = join(folder, name);
    if (readLease(file)?.isInForce === false) rmSync(file, { force: true });
  }
}

/** `undefined` for one that is being written. */
function readLease(file: string): ReadLease | undefined {
  const value = readJsonObject(file, readTextOfFile);
  if (value !== undefined && isProcessIdentity(value)) {
    const { environments } = value as { readonly environments?: unknown };
    const names = Array.isArray(environments) ? environments.filter((name) => typeof name === "string") : [];
    return { environments: names, isInForce: isAlive(value) ?? isNewerThan(foreignLeaseMs, file) };
  }
  // It may be torn: by a process that was killed, or that is just writing.
  return isNewerThan(writingMs, file) ? undefined : { environments: [], isInForce: false };
}

function isNewerThan(ageMs: number, file: string): boolean {
  return Date.now() - (statsOf(file)?.mtimeMs ?? 0) < ageMs;
}
