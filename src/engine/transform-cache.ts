import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crypto } from "../kernel/lazy-require.ts";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import { problemText } from "../kernel/problem-text.ts";
import {
  type CacheContent,
  type CachedTransform,
  decodeBatches,
  encodeBatch,
  type IndexEntry,
  readEntry,
} from "./cache-batch.ts";
import type { EngineOptions } from "./engine.ts";
import type { Source } from "./read-source.ts";
import { transformerVersion } from "./transform.ts";

/** Part of the file's name: a change of the record's form, or of what is transformed how, must change it. */
const format = 4;
/** A file is rewritten when it is this big and less than half of it is of use, or when it has this many batches. */
const compactFrom = { bytes: 8 * 1024 * 1024, batches: 256 };

/** Names a transform: the hash of a content, and what else it depends on. */
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
  /** What the first load found in the file; `undefined` after it. */
  #used: Set<IndexEntry> | undefined = new Set();
  /** What is not in the file, by hash and variant. */
  #added = new Map<string, CachedTransform>();
  #isWritable: boolean;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#isWritable = options.cacheFolder !== undefined;
  }

  /**
   * The transform of a content; `undefined` when it has to be made. Without maps, the file is looked at during the first
   * load only: what changes later is new.
   */
  find(source: Source, variant: string, withMaps: boolean): CachedTransform | undefined {
    const added = this.#added.size === 0 ? undefined : this.#added.get(keyOf({ hash: source.hash, variant }));
    if (added !== undefined) return added;
    if (this.#used === undefined && !withMaps) return undefined;
    const content = this.#open();
    const entry = content.entries.get(variant)?.get(source.content);
    if (entry === undefined) return undefined;
    this.#used?.add(entry);
    return readEntry(content.buffer, entry, withMaps);
  }

  /** The transform, with its maps, of a content that is not at hand. The file is looked at whenever it is asked for. */
  findByHash(key: RecordKey): CachedTransform | undefined {
    const added = this.#added.get(keyOf(key));
    if (added !== undefined) return added;
    const { buffer, entries } = this.#open();
    for (const entry of entries.get(key.variant)?.values() ?? []) {
      if (entry[1] === key.hash) return readEntry(buffer, entry, true);
    }
    return undefined;
  }

  add(transform: CachedTransform): void {
    this.#added.set(keyOf(transform), transform);
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
    if (content === undefined || used === undefined || !this.#isWritable) return;
    if (content.buffer.length >= compactFrom.bytes || content.batches >= compactFrom.batches) {
      this.#compact(content, used);
    }
  }

  /** The file's content, which only the first load keeps. */
  #open(): CacheContent {
    return this.#used === undefined ? this.#read() : (this.#content ??= this.#read());
  }

  #append(): void {
    const folder = this.#options.cacheFolder ?? "";
    try {
      mkdirSync(folder, { recursive: true });
      // One write at the end of the file: another process's batches stay whole.
      appendFileSync(this.#file(), encodeBatch(this.#added.values()));
      this.#added = new Map();
    } catch (error) {
      this.#isWritable = false;
      const facts = { folder, reason: describeThrown(error) };
      this.#options.logger.warn(problemText(plugoError("PLUGO_CACHE_UNWRITABLE", facts)));
    }
  }

  /** Rewrites a file that is mostly of no use any more. What another process appends meanwhile may be lost: it is made again. */
  #compact({ buffer, batches }: CacheContent, used: ReadonlySet<IndexEntry>): void {
    const transforms = Array.from(used, (entry) => readEntry(buffer, entry, true));
    const kept = encodeBatch(transforms.filter((transform) => transform !== undefined));
    if (kept.length > buffer.length / 2 && batches < compactFrom.batches) return;
    const file = this.#file();
    const temporary = `${file}.${crypto().randomUUID()}.tmp`;
    try {
      const appended = readFileSync(file).subarray(buffer.length);
      writeFileSync(temporary, Buffer.concat([kept, appended]), { flag: "wx" });
      renameSync(temporary, file);
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  #keepOnly(inUse: Iterable<RecordKey>): void {
    const kept = new Map<string, CachedTransform>();
    for (const used of inUse) {
      const key = keyOf(used);
      const transform = this.#added.get(key);
      if (transform !== undefined) kept.set(key, transform);
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

function keyOf({ hash, variant }: RecordKey): string {
  return `${hash} ${variant}`;
}

const nothing: CacheContent = { buffer: Buffer.alloc(0), entries: new Map(), batches: 0 };
