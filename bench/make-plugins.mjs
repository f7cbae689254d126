import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes a folder of one-file plugins, the same ones in plain JavaScript for the floor and in TypeScript for plugo.
 *
 * @param {number} count
 * @returns {{ root: string, floor: string, typescript: string, esm: string, remove: () => void }}
 */
export function makePlugins(count) {
  const root = mkdtempSync(join(tmpdir(), "plugo-bench-"));
  const folders = { floor: join(root, "floor"), typescript: join(root, "typescript"), esm: join(root, "esm") };
  for (let number = 0; number < count; number += 1) {
    const name = `plugin_${String(number).padStart(5, "0")}`;
    const metadata = JSON.stringify({
      name,
      version: "1.0.0",
      description: "A plugin that does next to nothing",
      identifier: `com.example.${name}`,
      dependencies: [],
      author: "Somebody",
    });
    for (const folder of Object.values(folders)) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, "metadata.json"), metadata);
    }
    const body = `  context.seen.count += 1;\n  return { number: ${number} };\n`;
    writeFileSync(
      join(folders.floor, name, "plugin.js"),
      `(function () {\n"use strict";\nfunction initPlugin(context) {\n${body}}\nreturn { initPlugin };\n})`,
    );
    writeFileSync(join(folders.esm, name, "plugin.mjs"), `export function initPlugin(context) {\n${body}}\n`);
    writeFileSync(
      join(folders.typescript, name, "plugin.ts"),
      `export function initPlugin(context: { seen: { count: number } }): { number: number } {\n${body}}\n`,
    );
  }
  return { root, ...folders, remove: () => rmSync(root, { recursive: true, force: true }) };
}
