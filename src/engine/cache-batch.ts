import { zlib } from "../kernel/lazy-require.ts";
import type { TransformRecord } from "./transform-record.ts";

/**
 * What one process wrote to the cache file at one time. All integers are little-endian, four bytes each:
 *
 * ```text
 * magic | length of the index | checksum of the index | index | maps
 * ```
 *
 * The index is JSON, an array of {@link IndexEntry}: V8 reads it faster than any code here could. The maps, which are
 * seldom needed, are texts that it points at, as UTF-8. Damaged maps cost one record; a damaged index costs its batch.
 */
const headerLength = 12;
// These bytes stand in no UTF-8 text, so that after damage the next batch can be found.
const magic = Buffer.from([0xf5, 0x50, 0xf6, 0x47]);
const kinds = ["esm", "commonjs"] as const;

/** A transform, and what it was made from. */
export interface CachedTransform {
  /** The file's content, as it was read. */
  readonly content: string;
  /** The hash of the content. */
  readonly hash: string;
  /** What else the transform depends on. */
  readonly variant: string;
  readonly record: TransformRecord;
}

/** A transform but for its maps: those are at `mapsAt`. */
export type IndexEntry = [
  content: string,
  hash: string,
  variant: string,
  kind: number,
  flags: number,
  loweredBy: string,
  linksJson: string,
  code: string,
  mapsAt: number,
  mapsLength: number,
  mapsChecksum: number,
];

/**
 * The readable records of a cache file. They are found by the content itself, by V8's own hash: that costs less than
 * making one, and what is found is right whatever the hash.
 */
export interface CacheContent {
  readonly buffer: Buffer;
  /** By variant, and then by content. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, IndexEntry>>;
  readonly batches: number;
}

type Entries = Map<string, Map<string, IndexEntry>>;

export function encodeBatch(transforms: Iterable<CachedTransform>): Buffer {
  const index: IndexEntry[] = [];
  const allMaps: Buffer[] = [];
  let at = 0;
  for (const { content, hash, variant, record } of transforms) {
    const { kind, flags, linksJson, code, mapsJson = "", loweredBy } = record;
    const maps = Buffer.from(mapsJson);
    const place = [at, maps.length, checksum(maps)] as const;
    index.push([content, hash, variant, kinds.indexOf(kind), flags, loweredBy, linksJson, code, ...place]);
    allMaps.push(maps);
    at += maps.length;
  }
  const indexBytes = Buffer.from(JSON.stringify(index));
  const header = Buffer.alloc(headerLength);
  magic.copy(header);
  header.writeUInt32LE(indexBytes.length, 4);
  header.writeUInt32LE(checksum(indexBytes), 8);
  return Buffer.concat([header, indexBytes, ...allMaps]);
}

/** Reads all batches. A later record of a content counts; what is torn or damaged is left out. */
export function decodeBatches(buffer: Buffer): CacheContent {
  const entries: Entries = new Map();
  let batches = 0;
  for (let at = buffer.indexOf(magic); at !== -1;) {
    const end = readBatch(buffer, at, entries);
    if (end !== undefined) batches += 1;
    at = buffer.indexOf(magic, end ?? at + 1);
  }
  return { buffer, entries, batches };
}

/** The transform of an entry. The maps are read only when they are asked for; `undefined` when they are damaged. */
export function readEntry(buffer: Buffer, entry: IndexEntry, withMaps: boolean): CachedTransform | undefined {
  const mapsJson = withMaps ? readMaps(buffer, entry) : undefined;
  if (withMaps && mapsJson === undefined) return undefined;
  // By index: taking an array apart by a pattern makes an object for each place.
  return {
    content: entry[0],
    hash: entry[1],
    variant: entry[2],
    record: {
      kind: kinds[entry[3]] ?? "esm",
      flags: entry[4],
      loweredBy: entry[5],
      linksJson: entry[6],
      code: entry[7],
      mapsJson,
    },
  };
}

function readMaps(buffer: Buffer, [, , , , , , , , at, length, sum]: IndexEntry): string | undefined {
  const maps = buffer.subarray(at, at + length);
  return maps.length === length && checksum(maps) === sum ? maps.toString() : undefined;
}

/** Adds a batch's records to `entries`. Returns where its maps begin; `undefined` when it is none. */
function readBatch(buffer: Buffer, at: number, entries: Entries): number | undefined {
  const indexAt = at + headerLength;
  if (indexAt > buffer.length) return undefined;
  const mapsAt = indexAt + buffer.readUInt32LE(at + 4);
  const indexBytes = buffer.subarray(indexAt, mapsAt);
  if (mapsAt > buffer.length || checksum(indexBytes) !== buffer.readUInt32LE(at + 8)) return undefined;
  (JSON.parse(indexBytes.toString()) as IndexEntry[]).forEach((entry) => {
    entry[8] += mapsAt;
    entriesOf(entry[2], entries).set(entry[0], entry);
  });
  return mapsAt;
}

function entriesOf(variant: string, entries: Entries): Map<string, IndexEntry> {
  let ofVariant = entries.get(variant);
  if (ofVariant === undefined) {
    ofVariant = new Map();
    entries.set(variant, ofVariant);
  }
  return ofVariant;
}

function checksum(bytes: Buffer): number {
  return zlib().crc32(bytes);
}
