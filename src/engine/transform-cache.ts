import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import type { EngineOptions } from "./engine.ts";
import { versionOf } from "./lazy-require.ts";
import { addressOf, decodeRecord, encodeRecord, headerLength, recordLength, scanRecords } from "./record-codec.ts";
import type { TransformRecord } from "./transform-record.ts";

/** Part of the file's name: a change of the record's form, or of what is transformed how, must change it. */
const format = 1;
const compactFromBytes = 8 * 1024 * 1024;

/**
 * Transforms kept between runs, in one file that is only ever appended to. Any number of processes may use it: what is
 * torn or damaged is skipped, and made again. Never fails: without a writable file, transforms stay in memory.
 */
export class TransformCache {
  readonly #options: EngineOptions;
  readonly #folder: string | undefined;
  #path: string | undefined;
  /** The whole file, from the first lookup to the first flush. */
  #content: Buffer | undefined;
  /** Where in the file the records are, by their addresses. */
  #offsets: Map<number, number> | undefined;
  /** What is not in the file. */
  #added = new Map<string, TransformRecord>();
  /** The offsets that a complete load has used. */
  #used: Set<number> | undefined = new Set();
  #isWritable = true;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#folder = options.cacheFolder;
  }

  /** The transform of a content; `undefined` when it has to be made. */
  get(hash: string, variant: string): TransformRecord | undefined {
    const key = keyOf(hash, variant);
    const added = this.#added.get(key);
    if (added !== undefined || this.#folder === undefined) return added;
    this.#offsets ??= this.#readFile();
    const offset = this.#offsets.get(addressOf(key));
    if (offset === undefined) return undefined;
    const record = this.#content === undefined ? this.#readRecord(offset, key) : decodeRecord(this.#content, offset, key);
    if (record !== undefined) this.#used?.add(offset);
    return record;
  }

  add(hash: string, variant: string, record: TransformRecord): void {
    this.#added.set(keyOf(hash, variant), record);
  }

  /**
   * Writes what is new and frees the file's content. The first call ends the first load: only then it is known what of
   * the file is of use.
   *
   * @param inUse What running generations were made from; all that is kept when nothing can be written.
   */
  flush(inUse: Iterable<{ readonly hash: string; readonly variant: string }>): void {
    const content = this.#content;
    const used = this.#used;
    this.#content = undefined;
    this.#used = undefined;
    if (this.#added.size > 0) {
      if (this.#folder !== undefined && this.#isWritable) this.#write();
      else this.#keepOnly(inUse);
    }
    if (content !== undefined && used !== undefined && content.length >= compactFromBytes) this.#compact(content, used);
  }

  #write(): void {
    const records = Array.from(this.#added, ([key, record]) => ({ key, bytes: encodeRecord(key, record) }));
    const bytes = Buffer.concat(records.map((record) => record.bytes));
    try {
      const start = this.#append(bytes);
      let offset = start;
      for (const record of records) {
        this.#offsets?.set(addressOf(record.key), offset);
        offset += record.bytes.length;
      }
      this.#added = new Map();
    } catch (error) {
      this.#isWritable = false;
      const problem = plugoError("PLUGO_CACHE_UNWRITABLE", { folder: this.#folder ?? "", reason: describeThrown(error) });
      this.#options.logger.warn(`${problem.code}: ${problem.message} ${problem.remedy}`);
    }
  }

  /** Appends in one write, so that another process's records stay whole. Returns where it begins. */
  #append(bytes: Buffer): number {
    mkdirSync(this.#folder ?? "", { recursive: true });
    const file = openSync(this.#file(), "a+");
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written);
      return fstatSync(file).size - bytes.length;
    } finally {
      closeSync(file);
    }
  }

  /** Rewrites a file that is mostly of no use any more. What other processes append meanwhile is made again. */
  #compact(content: Buffer, used: ReadonlySet<number>): void {
    const kept = Array.from(used, (offset) => content.subarray(offset, offset + (recordLength(content, offset) ?? 0)));
    const size = kept.reduce((sum, record) => sum + record.length, 0);
    if (size > content.length / 2 || !this.#isWritable) return;
    const temporary = `${this.#file()}.${randomUUID()}.tmp`;
    try {
      // What was appended since this process read the file.
      const appended = readFileSync(this.#file()).subarray(content.length);
      writeFileSync(temporary, Buffer.concat([...kept, appended]), { flag: "wx" });
      renameSync(temporary, this.#file());
      this.#offsets = undefined;
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  #keepOnly(inUse: Iterable<{ readonly hash: string; readonly variant: string }>): void {
    const kept = new Map<string, TransformRecord>();
    for (const { hash, variant } of inUse) {
      const key = keyOf(hash, variant);
      const record = this.#added.get(key);
      if (record !== undefined) kept.set(key, record);
    }
    this.#added = kept;
  }

  #readFile(): Map<number, number> {
    try {
      const content = readFileSync(this.#file());
      // After the first load a lookup is rare: the place is enough.
      if (this.#used !== undefined) this.#content = content;
      return scanRecords(content);
    } catch {
      return new Map();
    }
  }

  #readRecord(offset: number, key: string): TransformRecord | undefined {
    try {
      const file = openSync(this.#file(), "r");
      try {
        const header = readAt(file, offset, headerLength);
        const length = headerLength + header.readUInt32LE(4);
        return decodeRecord(readAt(file, offset, Math.min(length, fstatSync(file).size - offset)), 0, key);
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }

  #file(): string {
    this.#path ??= join(this.#folder ?? "", `transforms-${format}-oxc-${versionOf("oxc-transform")}.bin`);
    return this.#path;
  }
}

function keyOf(hash: string, variant: string): string {
  return `${hash} ${variant}`;
}

function readAt(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  readSync(file, buffer, 0, length, offset);
  return buffer;
}
