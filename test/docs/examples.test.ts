import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { PageFolder } from "./page-folder.ts";
import { readPage, root } from "./page.ts";

const folder = "docs/reference/api";
const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");

const settings = { target: "es2023", module: "nodenext", types: ["node"], strict: true, noEmit: true };

/** What the examples take as given, beside everything that their page describes. */
const given = `
declare const app: import("express").Express;
declare const db: object;
declare const context: object;
declare const emitter: import("node:events").EventEmitter;
declare const plugin: import("@plugo/node").PluginScope;
declare const test: typeof import("node:test").test;
declare const assert: typeof import("node:assert/strict");
`;

/** A signature begins otherwise: with what it declares, and without a value. */
const isExample = /^(?:const \w+ = |import |await |type \w+ = [^]*\n\w)/;

describe("templates/*/README.md", () => {
  it("have an application that compiles", () => {
    const home = new PageFolder(["fastify", "hono", "@hono/node-server"]);
    try {
      const templates = readdirSync(path.join(root, "templates")).filter((name) => /^(?:base|ui|api)-/.test(name));
      for (const template of templates) {
        const blocks = readPage(`templates/${template}/README.md`).blocks.filter(({ language }) => language === "js");
        assert.ok(blocks.length > 0, template);
        for (const [index, { text }] of blocks.entries()) home.write(`${template}-${index}.js`, text);
      }
      const compilerOptions = { ...settings, allowJs: true, checkJs: true, skipLibCheck: true };
      home.write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.js"] }));
      const { output, exitCode } = home.run({ env: {}, args: [compiler, "-p", "."] });
      assert.equal(exitCode, 0, output);
    } finally {
      home.remove();
    }
  });
});

describe("docs/reference/api", () => {
  it("has examples that compile", () => {
    const home = new PageFolder();
    try {
      let count = 0;
      home.write("auth/plugin.ts", "export function initPlugin() {\n  return { check: () => true };\n}\n");
      home.write("given.d.ts", given);
      for (const file of readdirSync(path.join(root, folder))) {
        const specifier = file.replace(/^plugo-?(.*)\.md$/, (_, name: string) => path.posix.join("@plugo/node", name));
        const examples = readPage(`${folder}/${file}`).blocks.filter(({ text }) => isExample.test(text));
        for (const { text } of examples) {
          count += 1;
          const names = [...new Set(text.match(/\b[a-zA-Z]+\b/g))];
          home.write(
            `examples/example-${count}.ts`,
            `${importsFor(names, `${folder}/${file}`, specifier)}${text}\nexport {};\n`,
          );
        }
      }
      assert.ok(count >= 6, `only ${count} examples were found`);
      const compilerOptions = { ...settings, allowImportingTsExtensions: true };
      home.write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["examples", "given.d.ts"] }));
      const { output, exitCode } = home.run({ env: {}, args: [compiler, "-p", "."] });
      assert.equal(exitCode, 0, output);
    } finally {
      home.remove();
    }
  });
});

/** Those of the names that the page has a heading for. */
function importsFor(names: readonly string[], file: string, specifier: string): string {
  const headings = readFileSync(path.join(root, file), "utf8").matchAll(/^### (\w+)\r?$/gm);
  const exported = new Set(Array.from(headings, ([, name]) => name));
  const used = names.filter((name) => exported.has(name));
  return used.length === 0 ? "" : `import { ${used.join(", ")} } from "${specifier}";\n`;
}
