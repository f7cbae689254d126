import { gzipSync } from "node:zlib";
import type { Files } from "./plugin-folder.ts";

/** Files of a package as `npm pack` would pack them: a gzipped tar whose paths begin with `package/`. */
export function pack(files: Files): Buffer {
  const entries = Object.entries(files).map(([path, content]) => {
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    const bytes = Buffer.from(isRaw ? content : JSON.stringify(content, undefined, 2));
    return [headerOf(`package/${path}`, bytes.length), bytes, Buffer.alloc(-bytes.length & (blockSize - 1))];
  });
  return gzipSync(Buffer.concat([...entries.flat(), Buffer.alloc(2 * blockSize)]));
}

const blockSize = 512;
/** The name of the format and its version. */
const ustar = ["ustar", "00"].join("\0");
/** What npm dates all files of a package with. */
const packedAtSeconds = Date.UTC(1985, 9, 26, 8, 15) / 1000;

/** The header of a file in the format "ustar". */
function headerOf(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new RangeError(`"${path}" is too long for a tar header.`);
  const header = Buffer.alloc(blockSize);
  const mode = path.startsWith("package/bin/") ? 0o755 : 0o644;
  header.write(path, 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(packedAtSeconds, 12), 136);
  header.write(" ".repeat(8), 148);
  header.write("0", 156);
  header.write(ustar, 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}
