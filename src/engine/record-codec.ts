import { crc32 } from "node:zlib";
import type { TransformRecord } from "./transform-record.ts";

/**
 * One record of the cache file. All integers are little-endian:
 *
 * ```text
 * magic 4 | payload length 4 | CRC-32 of the payload 4 | address 8 (float)
 * payload: flags 2 | kind 1 | length of esbuild's version 1 | length of the key 2 | of the links 4 | of the code 4
 *          key, esbuild's version, links, code, maps (what is left), as UTF-8
 * ```
 */
export const headerLength = 20;
const lengthsLength = 14;
// These bytes stand in no UTF-8 text, so that after damage the next record can be found.
const magic = Buffer.from([0xf5, 0x50, 0xf6, 0x47]);
const magicNumber = magic.readUInt32LE();
const kinds = ["esm", "commonjs"] as const;

/** A short number for a key, nearly unique. */
export function addressOf(key: string): number {
  // 32 bits, and 21 of the content hash that a key begins with: together an exact float.
  const prefix = (key.charCodeAt(0) * 128 + key.charCodeAt(1)) * 128 + key.charCodeAt(2);
  return crc32(key) * 2 ** 21 + (prefix % 2 ** 21);
}

export function encodeRecord(key: string, record: TransformRecord): Buffer {
  const texts = [key, record.loweredBy, record.linksJson, record.code, record.mapsJson].map((text) => Buffer.from(text));
  const [keyLength, loweredLength, linksLength, codeLength] = texts.map((text) => text.length) as [number, number, number, number];
  const head = Buffer.alloc(headerLength + lengthsLength);
  head.writeUInt16LE(record.flags, headerLength);
  head.writeUInt8(kinds.indexOf(record.kind), headerLength + 2);
  head.writeUInt8(loweredLength, headerLength + 3);
  head.writeUInt16LE(keyLength, headerLength + 4);
  head.writeUInt32LE(linksLength, headerLength + 6);
  head.writeUInt32LE(codeLength, headerLength + 10);
  const encoded = Buffer.concat([head, ...texts]);
  magic.copy(encoded);
  encoded.writeUInt32LE(encoded.length - headerLength, 4);
  encoded.writeUInt32LE(crc32(encoded.subarray(headerLength)), 8);
  encoded.writeDoubleLE(addressOf(key), 12);
  return encoded;
}

/** The record at an offset; `undefined` when it is damaged, or another key's. */
export function decodeRecord(buffer: Buffer, offset: number, key: string): TransformRecord | undefined {
  const length = recordLength(buffer, offset);
  if (length === undefined || length < headerLength + lengthsLength) return undefined;
  const end = offset + length;
  let at = offset + headerLength;
  if (crc32(buffer.subarray(at, end)) !== buffer.readUInt32LE(offset + 8)) return undefined;
  const flags = buffer.readUInt16LE(at);
  const kind = kinds[buffer.readUInt8(at + 2)];
  const lengths = [buffer.readUInt16LE(at + 4), buffer.readUInt8(at + 3), buffer.readUInt32LE(at + 6), buffer.readUInt32LE(at + 10)];
  at += lengthsLength;
  const next = (size: number | undefined): string => {
    const start = at;
    at = size === undefined ? end : at + size;
    return buffer.toString("utf8", start, at);
  };
  if (next(lengths[0]) !== key || kind === undefined) return undefined;
  const loweredBy = next(lengths[1]);
  const linksJson = next(lengths[2]);
  const code = next(lengths[3]);
  return { kind, flags, linksJson, code, mapsJson: next(undefined), loweredBy };
}

/** The length of the record at an offset, header included; `undefined` when no whole record is there. */
export function recordLength(buffer: Buffer, offset: number): number | undefined {
  if (offset + headerLength > buffer.length || buffer.readUInt32LE(offset) !== magicNumber) return undefined;
  const length = headerLength + buffer.readUInt32LE(offset + 4);
  return offset + length > buffer.length ? undefined : length;
}

/** Where each record begins, by its address; the last of an address counts. Skips what is torn. */
export function scanRecords(buffer: Buffer): Map<number, number> {
  const offsets = new Map<number, number>();
  let at = 0;
  while (at !== -1 && at < buffer.length) {
    const length = recordLength(buffer, at);
    const next = length === undefined ? undefined : at + length;
    // A record that ends where none begins has a wrong length: it was torn, or damaged.
    if (next !== undefined && (next === buffer.length || buffer.readUInt32LE(Math.min(next, buffer.length - 4)) === magicNumber)) {
      offsets.set(buffer.readDoubleLE(at + 12), at);
      at = next;
    } else {
      at = buffer.indexOf(magic, at + 1);
    }
  }
  return offsets;
}
