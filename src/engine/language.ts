/** How a file's text is to be understood. */
export type Language = "ts" | "tsx" | "cts" | "js" | "jsx" | "mjs" | "cjs" | "json";

const byExtension: ReadonlyMap<string, Language> = new Map([
  [".ts", "ts"],
  [".mts", "ts"],
  [".tsx", "tsx"],
  [".cts", "cts"],
  [".js", "js"],
  [".jsx", "jsx"],
  [".mjs", "mjs"],
  [".cjs", "cjs"],
  [".json", "json"],
]);

/** The language of a file by its name; `undefined` when plugo cannot evaluate it (`.node`, `.wasm`, …). */
export function languageOf(path: string): Language | undefined {
  return byExtension.get(path.slice(path.lastIndexOf(".")));
}

/** Whether the name is one that only TypeScript has. */
export function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}
