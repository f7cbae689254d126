import type { TransformRecord } from "./transform-record.ts";

/**
 * What one process wrote to the cache file at one time. All integers are little-endian, four bytes each:
 *
 * ```text
 * magic | length of the index | length of the data | checksum of the index | checksum of the data | index | data
 * ```
 *
 * The index is JSON, an array of {@link IndexEntry}: V8 reads it faster than any code here could. The data are the
 * texts it points at, as UTF-8. What is damaged in the data costs single records; a damaged index costs its batch.
 */
const headerLength = 20;
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

/** A transform but for its long parts. `at` is the place of its code, which the maps follow. */
export type IndexEntry = [
  content: string,
  hash: string,
  variant: string,
  kind: number,
  flags: number,
  loweredBy: string,
  linksJson: string,
  isAscii: 0 | 1,
  at: number,
  codeLength: number,
  mapsLength: number,
  checksum: number,
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
  const data: Buffer[] = [];
  let at = 0;
  for (const { content, hash, variant, record } of transforms) {
    const { kind, flags, linksJson, code, mapsJson = "", loweredBy } = record;
    const [body, maps] = [Buffer.from(code), Buffer.from(mapsJson)] as const;
    const bytes = Buffer.concat([body, maps]);
    const isAscii = bytes.length === code.length + mapsJson.length ? 1 : 0;
    const place = [at, body.length, maps.length, checksum(bytes)] as const;
    index.push([content, hash, variant, kinds.indexOf(kind), flags, loweredBy, linksJson, isAscii, ...place]);
    data.push(bytes);
    at += bytes.length;
  }
  const indexBytes = Buffer.from(JSON.stringify(index));
  const dataBytes = Buffer.concat(data);
  const header = Buffer.alloc(headerLength);
  magic.copy(header);
  header.writeUInt32LE(indexBytes.length, 4);
  header.writeUInt32LE(dataBytes.length, 8);
  header.writeUInt32LE(checksum(indexBytes), 12);
  header.writeUInt32LE(checksum(dataBytes), 16);
  return Buffer.concat([header, indexBytes, dataBytes]);
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

/** The transform of an entry. The maps are read only when they are asked for. */
export function readEntry(buffer: Buffer, entry: IndexEntry, withMaps: boolean): CachedTransform {
  const [content, hash, variant, kind, flags, loweredBy, linksJson, isAscii, at, codeLength, mapsLength] = entry;
  const encoding = isAscii === 1 ? "latin1" : "utf8";
  const mapsAt = at + codeLength;
  const record: TransformRecord = {
    kind: kinds[kind] ?? "esm",
    flags,
    linksJson,
    code: buffer.toString(encoding, at, mapsAt),
    mapsJson: withMaps ? buffer.toString(encoding, mapsAt, mapsAt + mapsLength) : undefined,
    loweredBy,
  };
  return { content, hash, variant, record };
}

/** Adds a batch's records to `entries`. Returns where it ends; `undefined` when it is no whole batch. */
function readBatch(buffer: Buffer, at: number, entries: Entries): number | undefined {
  const indexAt = at + headerLength;
  if (indexAt > buffer.length) return undefined;
  const dataAt = indexAt + buffer.readUInt32LE(at + 4);
  const end = dataAt + buffer.readUInt32LE(at + 8);
  if (dataAt > buffer.length || checksum(buffer.subarray(indexAt, dataAt)) !== buffer.readUInt32LE(at + 12))
    return undefined;
  const index = JSON.parse(buffer.toString("utf8", indexAt, dataAt)) as IndexEntry[];
  const isSound = end <= buffer.length && checksum(buffer.subarray(dataAt, end)) === buffer.readUInt32LE(at + 16);
  for (const entry of index) {
    entry[8] += dataAt;
    if (isSound || isIntact(buffer, entry)) entriesOf(entry[2], entries).set(entry[0], entry);
  }
  return isSound ? end : dataAt;
}

function entriesOf(variant: string, entries: Entries): Map<string, IndexEntry> {
  let ofVariant = entries.get(variant);
  if (ofVariant === undefined) {
    ofVariant = new Map();
    entries.set(variant, ofVariant);
  }
  return ofVariant;
}

function isIntact(buffer: Buffer, [, , , , , , , , at, codeLength, mapsLength, sum]: IndexEntry): boolean {
  const end = at + codeLength + mapsLength;
  return end <= buffer.length && checksum(buffer.subarray(at, end)) === sum;
}

/** Any change of up to four neighbouring bytes gives another sum. Loading `node:zlib` for its CRC would take longer. */
function checksum(bytes: Buffer): number {
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  let sum = bytes.length;
  for (let at = 0; at < words.length; at += 1) {
    const mixed = Math.imul(sum ^ words[at]!, 0x9e3779b1);
    sum = (mixed << 13) | (mixed >>> 19);
  }
  return sum >>> 0;
}
