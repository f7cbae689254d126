import { crypto } from "./lazy-require.ts";

/** The hash that stands for a content: SHA-256, as 64 hexadecimal digits. A text counts as its UTF-8. */
export function contentHash(content: string | Uint8Array): string {
  return crypto().hash("sha256", content, "hex");
}
