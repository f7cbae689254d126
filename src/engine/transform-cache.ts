import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import { type CacheContent, decodeBatches, encodeBatch, readRecord } from "./cache-batch.ts";
import type { EngineOptions } from "./engine.ts";
import type { TransformRecord } from "./transform-record.ts";
import { transformerVersion } from "./transform.ts";

/** Part of the file's name: a change of the record's form, or of what is transformed how, must change it. */
const format = 2;
/** A file is rewritten when it is this big and less than half of it is of use, or when it has this many batches. */
const compactFrom = { bytes: 8 * 1024 * 1024, batches: 256 };

/** Names a record: the hash of a content, and what else its transform depends on. */
export interface RecordKey {
  readonly hash: string;
  readonly variant: string;
}

/**
 * Transforms kept between runs, in one file that is only ever appended to. Any number of processes may use it: what is
 * torn or damaged is skipped, and made again. Never fails: without a writable file, transforms stay in memory.
 */
export class TransformCache {
  readonly #options: EngineOptions;
  /** The file's content, from the first lookup to the first flush. */
  #content: CacheContent | undefined;
  /** The keys that the first load found in the file; `undefined` after it. */
  #used: Set<string> | undefined = new Set();
  /** What is not in the file. */
  #added = new Map<string, TransformRecord>();
  #isWritable: boolean;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#isWritable = options.cacheFolder !== undefined;
  }

  /**
   * The transform of a content, without its maps; `undefined` when it has to be made. The file is looked at during the
   * first load only: what changes later is new.
   */
  get(key: RecordKey): TransformRecord | undefined {
    return this.#lookUp(key, false);
  }

  /** The transform of a content with its maps; the file is looked at whenever it is asked for. */
  getWithMaps(key: RecordKey): TransformRecord | undefined {
    return this.#lookUp(key, true);
  }

  add({ hash, variant }: RecordKey, record: TransformRecord): void {
    this.#added.set(`${hash} ${variant}`, record);
  }

  /**
   * Writes what is new, and frees the file's content. The first call ends the first load.
   *
   * @param inUse What running generations were made from: what is kept in memory when nothing can be written.
   */
  flush(inUse: Iterable<RecordKey>): void {
    const content = this.#content;
    const used = this.#used;
    this.#content = undefined;
    this.#used = undefined;
    if (this.#added.size > 0) {
      if (this.#isWritable) this.#append();
      // What could not be written is not in the file.
      if (!this.#isWritable) this.#keepOnly(inUse);
    }
    if (content !== undefined && used !== undefined && this.#isWritable) this.#compact(content, used);
  }

  #lookUp({ hash, variant }: RecordKey, withMaps: boolean): TransformRecord | undefined {
    const key = `${hash} ${variant}`;
    const added = this.#added.size === 0 ? undefined : this.#added.get(key);
    if (added !== undefined) return added;
    if (this.#used === undefined) return withMaps ? readRecord(this.#read(), key, true) : undefined;
    this.#content ??= this.#read();
    const record = readRecord(this.#content, key, withMaps);
    if (record !== undefined) this.#used.add(key);
    return record;
  }

  #append(): void {
    const folder = this.#options.cacheFolder ?? "";
    try {
      mkdirSync(folder, { recursive: true });
      // One write at the end of the file: another process's batches stay whole.
      appendFileSync(this.#file(), encodeBatch(this.#added));
      this.#added = new Map();
    } catch (error) {
      this.#isWritable = false;
      const { code, message, remedy } = plugoError("PLUGO_CACHE_UNWRITABLE", { folder, reason: describeThrown(error) });
      this.#options.logger.warn(`${code}: ${message} ${remedy}`);
    }
  }

  /** Rewrites a file that is mostly of no use any more. What another process appends meanwhile may be lost: it is made again. */
  #compact(content: CacheContent, used: ReadonlySet<string>): void {
    const { buffer, batches } = content;
    if (buffer.length < compactFrom.bytes && batches < compactFrom.batches) return;
    const records = Array.from(used, (key) => [key, readRecord(content, key, true)] as const);
    const kept = encodeBatch(records.filter((entry): entry is [string, TransformRecord] => entry[1] !== undefined));
    if (kept.length > buffer.length / 2 && batches < compactFrom.batches) return;
    const file = this.#file();
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      const appended = readFileSync(file).subarray(buffer.length);
      writeFileSync(temporary, Buffer.concat([kept, appended]), { flag: "wx" });
      renameSync(temporary, file);
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  #keepOnly(inUse: Iterable<RecordKey>): void {
    const kept = new Map<string, TransformRecord>();
    for (const { hash, variant } of inUse) {
      const key = `${hash} ${variant}`;
      const record = this.#added.get(key);
      if (record !== undefined) kept.set(key, record);
    }
    this.#added = kept;
  }

  #read(): CacheContent {
    if (this.#options.cacheFolder === undefined) return nothing;
    try {
      return decodeBatches(readFileSync(this.#file()));
    } catch {
      return nothing;
    }
  }

  #file(): string {
    return join(this.#options.cacheFolder ?? "", `transforms-${format}-oxc-${transformerVersion}.bin`);
  }
}

const nothing: CacheContent = { buffer: Buffer.alloc(0), entries: new Map(), batches: 0 };
