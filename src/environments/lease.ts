import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isJsonObject } from "../manifest/json-object.ts";
import { readTextOfFile } from "../manifest/read-text.ts";
import { statsOf } from "../sources/stats-of.ts";
import { namesIn } from "./environments-in.ts";
import { isAlive, isProcessIdentity, thisProcess } from "./process-identity.ts";

const leasesFolder = ".leases";
/** A process of another machine counts as running for so long after it last took an environment into use. */
const foreignLeaseMs = 30 * 86_400_000;
/** Leases of processes that have ended are cleared when there are more. */
const keptLeases = 16;

/** The environments that this process uses, or is about to, in a file that pruning looks at. It only grows. */
export class Lease {
  readonly #home: string;
  readonly #name: string;
  readonly #environments = new Set<string>();

  constructor(home: string) {
    this.#home = home;
    this.#name = `${process.pid}-${Math.random().toString(36).slice(2, 14)}.json`;
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
    const folder = join(this.#home, leasesFolder);
    const file = join(folder, this.#name);
    const text = `${JSON.stringify({ ...thisProcess(), environments: [...this.#environments] })}\n`;
    try {
      if (isFirst) {
        // Nothing is in use of a home that is not there.
        if (statsOf(this.#home) === undefined) return;
        mkdirSync(folder, { recursive: true });
        clearEnded(folder);
      }
      // Whoever reads it finds all of it.
      writeFileSync(`${file}.tmp`, text);
      renameSync(`${file}.tmp`, file);
    } catch {
      // See above.
    }
  }
}

/** The names of the environments that running processes use. */
export function leasedEnvironments(home: string): ReadonlySet<string> {
  const folder = join(home, leasesFolder);
  const names = namesIn(folder).filter((name) => name.endsWith(".json"));
  const leases = names.map((name) => readLease(join(folder, name)));
  return new Set(leases.flatMap((lease) => (lease?.isInForce === true ? lease.environments : [])));
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
    const isEnded = name.endsWith(".json") ? readLease(file)?.isInForce === false : !isRecent(file);
    if (isEnded) rmSync(file, { force: true });
  }
}

/** `undefined` for what is none. */
function readLease(file: string): ReadLease | undefined {
  try {
    const value: unknown = JSON.parse(readTextOfFile(file));
    if (!isJsonObject(value) || !isProcessIdentity(value)) return undefined;
    const { environments } = value as { readonly environments?: unknown };
    if (!Array.isArray(environments)) return undefined;
    const names = environments.filter((name) => typeof name === "string");
    return { environments: names, isInForce: isAlive(value) ?? isRecent(file) };
  } catch {
    return undefined;
  }
}

function isRecent(file: string): boolean {
  return Date.now() - (statsOf(file)?.mtimeMs ?? 0) < foreignLeaseMs;
}
