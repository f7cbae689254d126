import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** A file of `public/`, ready to be sent. */
export interface Asset {
  readonly body: Buffer<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  /** For links, so that browsers can keep the file until it changes. */
  readonly version: string;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Reads the files of `public/` once: `"watch"` in metadata.json reloads the plugin when one changes. */
export function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(join(folder, "public"))) {
    const body = readFileSync(join(folder, "public", name));
    const version = createHash("sha256").update(body).digest("hex").slice(0, 12);
    const headers = {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    };
    assets.set(name, { body, headers, version });
  }
  return assets;
}
