import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** On which earlier plugins each one depends. */
const shapes = {
  independent: () => [],
  chain: (number) => (number === 0 ? [] : [number - 1]),
  star: (number) => (number === 0 ? [] : [0]),
  /** Up to three of those before it, always the same ones. */
  random: (number) =>
    [...new Set([7, 11, 13].map((factor) => (number * factor * 2_654_435_761) % number))].filter(Number.isFinite),
};

/**
 * Makes a folder of plugins that do next to nothing, the same ones for each way of loading them. Each way has its folder,
 * in which each plugin has one.
 *
 * @param {number} count
 * @param {{ shape?: keyof typeof shapes, files?: number, ways?: readonly string[], modules?: string }} options
 *   `files` is how many files each has; `modules` is a `node_modules` that they find packages in
 * @returns {{ root: string, at: (way: string) => string, remove: () => void }}
 */
export function makePlugins(count, { shape = "independent", files = 1, ways = Object.keys(formats), modules } = {}) {
  const root = mkdtempSync(join(tmpdir(), "plugo-bench-"));
  writeFileSync(join(root, "package.json"), `{ "name": "application", "version": "1.0.0", "type": "module" }`);
  if (modules !== undefined) symlinkSync(modules, join(root, "node_modules"), "junction");
  for (let number = 0; number < count; number += 1) {
    const dependencies = shapes[shape](number);
    for (const way of ways) {
      for (const [file, content] of Object.entries(formats[way]({ number, dependencies, files }))) {
        const path = join(root, way, nameOf(number), file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
      }
    }
  }
  return { root, at: (way) => join(root, way), remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The files of one plugin, for each way of loading it. */
const formats = {
  /** A text for `eval`. */
  floor: ({ number }) => ({
    "metadata.json": metadata(number, []),
    "plugin.js": `(function () {\n"use strict";\nfunction initPlugin(context) {\n${body(number)}}\nreturn { initPlugin };\n})`,
  }),
  esm: ({ number, dependencies, files }) => ({
    ...more(files, "mjs"),
    "plugin.mjs":
      dependencies.map((other) => `import "../${nameOf(other)}/plugin.mjs";\n`).join("") +
      `${imports(files, "mjs")}export function initPlugin(context) {\n${body(number)}}\n`,
  }),
  typescript: ({ number, dependencies, files }) => ({
    "metadata.json": metadata(number, dependencies),
    ...more(files, "ts"),
    "plugin.ts": `${imports(files, "ts")}export function initPlugin(context: { seen: { count: number } }): { number: number } {\n${body(number)}}\n`,
  }),
  /** A package. */
  commonjs: ({ number }) => ({
    "package.json": JSON.stringify({ name: nameOf(number), version: "1.0.0", main: "plugin.js" }),
    "plugin.js": `"use strict";\nexports.initPlugin = function (context) {\n${body(number)}};\n`,
  }),
  fastify: ({ number, dependencies }) => ({
    "index.mjs": `import fastifyPlugin from "fastify-plugin";
export default fastifyPlugin(async function (app, context) {
  context.seen.count += 1;
}, ${JSON.stringify({ name: nameOf(number), dependencies: dependencies.map(nameOf) })});\n`,
  }),
  /** With its dependencies as services, as cordis has them. */
  cordis: ({ number, dependencies }) => ({
    "plugin.mjs": `export const name = "${nameOf(number)}";
export const inject = ${JSON.stringify(dependencies.map(nameOf))};
export function apply(context, config) {
  config.seen.count += 1;
  config.provide(context, "${nameOf(number)}", { number: ${number} });
}\n`,
  }),
};

function nameOf(number) {
  return `plugin_${String(number).padStart(5, "0")}`;
}

function metadata(number, dependencies) {
  const name = nameOf(number);
  return JSON.stringify({
    name,
    version: "1.0.0",
    description: "A plugin that does next to nothing",
    identifier: `com.example.${name}`,
    dependencies: dependencies.map(nameOf),
    author: "Somebody",
  });
}

function body(number) {
  return `  context.seen.count += 1;\n  return { number: ${number} };\n`;
}

function more(files, extension) {
  return Object.fromEntries(
    Array.from({ length: files - 1 }, (_, index) => [
      `lib/file-${index}.${extension}`,
      `export const value${index}${extension === "ts" ? ": number" : ""} = ${index};\n`,
    ]),
  );
}

function imports(files, extension) {
  return Array.from(
    { length: files - 1 },
    (_, index) => `import { value${index} } from "./lib/file-${index}.${extension}";\nvoid value${index};\n`,
  ).join("");
}
