import { crypto } from "../kernel/lazy-require.ts";

/** The hash that stands for a file's content, of the text as `readFileSync(path, "utf8")` gives it. */
export function contentHash(text: string): string {
  return crypto().hash("sha256", text, "hex");
}
