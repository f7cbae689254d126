import { crc32 } from "node:zlib";
import type { TransformRecord } from "./transform-record.ts";

/**
 * What one process wrote to the cache file at one time. All integers are little-endian, four bytes each:
 *
 * ```text
 * magic | length of the index | length of the data | CRC-32 of the index | CRC-32 of the data | index | data
 * ```
 *
 * The index is JSON, an array of {@link IndexEntry}: V8 reads it faster than any code here could. The data are the
 * texts it points at, as UTF-8. What is damaged in the data costs single records; a damaged index costs its batch.
 */
const headerLength = 20;
// These bytes stand in no UTF-8 text, so that after damage the next batch can be found.
const magic = Buffer.from([0xf5, 0x50, 0xf6, 0x47]);
const kinds = ["esm", "commonjs"] as const;

/** Where a record is, and the short parts of it. `at` is the place of its links, which code and maps follow. */
type IndexEntry = [
  key: string,
  at: number,
  kind: number,
  flags: number,
  loweredBy: string,
  isAscii: 0 | 1,
  linksLength: number,
  codeLength: number,
  mapsLength: number,
  checksum: number,
];

/** The readable records of a cache file's content, by their keys. */
export interface CacheContent {
  readonly buffer: Buffer;
  readonly entries: ReadonlyMap<string, IndexEntry>;
  readonly batches: number;
}

export function encodeBatch(records: Iterable<readonly [key: string, record: TransformRecord]>): Buffer {
  const index: IndexEntry[] = [];
  const data: Buffer[] = [];
  let at = 0;
  for (const [key, { kind, flags, linksJson, code, mapsJson = "", loweredBy }] of records) {
    const [links, body, maps] = [Buffer.from(linksJson), Buffer.from(code), Buffer.from(mapsJson)] as const;
    const bytes = Buffer.concat([links, body, maps]);
    const isAscii = bytes.length === linksJson.length + code.length + mapsJson.length ? 1 : 0;
    const lengths = [links.length, body.length, maps.length] as const;
    index.push([key, at, kinds.indexOf(kind), flags, loweredBy, isAscii, ...lengths, crc32(bytes)]);
    data.push(bytes);
    at += bytes.length;
  }
  const indexBytes = Buffer.from(JSON.stringify(index));
  const dataBytes = Buffer.concat(data);
  const header = Buffer.alloc(headerLength);
  magic.copy(header);
  header.writeUInt32LE(indexBytes.length, 4);
  header.writeUInt32LE(dataBytes.length, 8);
  header.writeUInt32LE(crc32(indexBytes), 12);
  header.writeUInt32LE(crc32(dataBytes), 16);
  return Buffer.concat([header, indexBytes, dataBytes]);
}

/** Reads all batches. A later record of a key counts; what is torn or damaged is left out. */
export function decodeBatches(buffer: Buffer): CacheContent {
  const entries = new Map<string, IndexEntry>();
  let batches = 0;
  for (let at = buffer.indexOf(magic); at !== -1;) {
    const end = readBatch(buffer, at, entries);
    if (end !== undefined) batches += 1;
    at = buffer.indexOf(magic, end ?? at + 1);
  }
  return { buffer, entries, batches };
}

/** The record of a key. The maps are read only when they are asked for. */
export function readRecord(
  { buffer, entries }: CacheContent,
  key: string,
  withMaps: boolean,
): TransformRecord | undefined {
  const entry = entries.get(key);
  if (entry === undefined) return undefined;
  const [, at, kindIndex, flags, loweredBy, isAscii, linksLength, codeLength, mapsLength] = entry;
  const kind = kinds[kindIndex];
  if (kind === undefined) return undefined;
  const encoding = isAscii === 1 ? "latin1" : "utf8";
  const codeAt = at + linksLength;
  const mapsAt = codeAt + codeLength;
  return {
    kind,
    flags,
    linksJson: buffer.toString(encoding, at, codeAt),
    code: buffer.toString(encoding, codeAt, mapsAt),
    mapsJson: withMaps ? buffer.toString(encoding, mapsAt, mapsAt + mapsLength) : undefined,
    loweredBy,
  };
}

/** Adds a batch's records to `entries`. Returns where it ends; `undefined` when it is no whole batch. */
function readBatch(buffer: Buffer, at: number, entries: Map<string, IndexEntry>): number | undefined {
  const indexAt = at + headerLength;
  if (indexAt > buffer.length) return undefined;
  const dataAt = indexAt + buffer.readUInt32LE(at + 4);
  const end = dataAt + buffer.readUInt32LE(at + 8);
  if (dataAt > buffer.length || crc32(buffer.subarray(indexAt, dataAt)) !== buffer.readUInt32LE(at + 12))
    return undefined;
  const index = JSON.parse(buffer.toString("utf8", indexAt, dataAt)) as IndexEntry[];
  const isSound = end <= buffer.length && crc32(buffer.subarray(dataAt, end)) === buffer.readUInt32LE(at + 16);
  for (const entry of index) {
    entry[1] += dataAt;
    if (isSound || isIntact(buffer, entry)) entries.set(entry[0], entry);
  }
  return isSound ? end : dataAt;
}

function isIntact(buffer: Buffer, [, at, , , , , linksLength, codeLength, mapsLength, checksum]: IndexEntry): boolean {
  const end = at + linksLength + codeLength + mapsLength;
  return end <= buffer.length && crc32(buffer.subarray(at, end)) === checksum;
}
