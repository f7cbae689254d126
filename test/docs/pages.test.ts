import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { PageFolder } from "./page-folder.ts";
import { commandOf, plugo, readPage, root, type Block } from "./page.ts";

const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};
/** What npm does itself, as far as the pages use it. */
const ofNpm = ["cache", "ci", "exec", "install", "pack", "pkg", "publish", "rebuild", "run"];
const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");

/** docs/reference/ is made from the code, and compared with it; templates have their own tests. */
const pages = [
  ...["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "bench/README.md"],
  "examples/cli-extension/README.md",
  ...readdirSync(path.join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
].map(readPage);

for (const { file, blocks, codeSpans, purpose } of pages) {
  describe(file, () => {
    let folder: PageFolder;
    before(() => {
      folder = new PageFolder();
    });
    after(() => folder.remove());

    it("says in its first line what it is for", () => {
      assert.match(purpose, /^\S.{15}/s);
    });

    it("says above each block of code what it is", () => {
      // A text without a name is a picture.
      const unnamed = blocks.filter(({ label, language }) => label === undefined && !["sh", "text"].includes(language));
      assert.deepEqual(unnamed, []);
    });

    it("names commands that there are", () => {
      const lines = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.trim().split("\n"));
      const spans = codeSpans.filter((text) => /^(?:npm|plugo|npx @plugo\/node) [^…]+$/.test(text));
      const files = new Set(blocks.map(({ label }) => label));
      assert.deepEqual(
        [...lines, ...spans].filter((line) => !files.has(line) && !isCommand(line, files)),
        [],
      );
    });

    it("holds JSON that is JSON", () => {
      for (const { text } of blocks.filter(({ language }) => language === "json")) JSON.parse(text);
    });

    // In the order of the page: each command finds the files that stand above it.
    for (const [index, { label = "", text }] of blocks.entries()) {
      const command = commandOf(label);
      if (command === undefined) continue;
      it(`shows what "${label}" prints (block ${index + 1})`, () => {
        folder.writeFiles(blocks.slice(0, index));
        const { output, exitCode } = folder.run(command);
        assert.equal(withoutTimes(output.replaceAll(folder.path, "/home/ada/shop")), withoutTimes(text));
        assert.equal(exitCode, 0, output);
      });
    }

    for (const name of applicationsIn(blocks)) {
      it(`holds JavaScript that runs: ${name}`, () => {
        folder.writeFiles(blocks);
        const args = name.endsWith(".test.js") ? ["--test", name] : [name];
        const { output, exitCode } = folder.run({ env: {}, args });
        assert.equal(exitCode, 0, output);
        assert.doesNotMatch(output, /^\S+ (?:warn|error) +plugo /m);
      });
    }

    if (blocks.some(({ label }) => label !== undefined && /\.[cm]?tsx?$/.test(label))) {
      it("holds TypeScript that compiles with the settings it gives, and runs", () => {
        folder.writeFiles(blocks);
        folder.write("tsconfig.pages.json", JSON.stringify(settingsFor(blocks)));
        const checked = folder.run({ env: {}, args: [compiler, "-p", "tsconfig.pages.json"] });
        assert.equal(checked.exitCode, 0, checked.output);
        if (!blocks.some(({ label }) => label === "app.ts")) return;
        const toBuild = ["--noEmit", "false", "--rewriteRelativeImportExtensions", "--outDir", "built"];
        const built = folder.run({ env: {}, args: [compiler, "-p", "tsconfig.pages.json", ...toBuild] });
        assert.equal(built.exitCode, 0, built.output);
        const { output, exitCode } = folder.run({ env: {}, args: ["built/app.js"] });
        assert.equal(exitCode, 0, output);
      });
    }
  });
}

/** @param files What the page holds. */
function isCommand(line: string, files: ReadonlySet<string | undefined>): boolean {
  const [program, first = "", second = ""] = line.split(" ");
  if (program === "npm" && first === "run" && second !== "") return Object.hasOwn(scripts, second);
  if (program === "npm") return ofNpm.includes(first) || Object.hasOwn(scripts, first);
  if (program === "npx") return first === "@plugo/node" && isPlugoCommand(second);
  if (program === "plugo") return isPlugoCommand(first);
  return program === "cd" || (program === "node" && files.has(first));
}

let commands: ReadonlySet<string> | undefined;

/** One that an option of `plugo` is, that its help has, or that the pages add as an example. */
function isPlugoCommand(name: string): boolean {
  const help = (): string => spawnSync(process.execPath, [plugo, "--help"], { encoding: "utf8" }).stdout;
  commands ??= new Set(Array.from(help().matchAll(/^ {2}([a-z][a-z-]*) /gm), ([, each = ""]) => each));
  return name.startsWith("-") || name === "hello-world" || commands.has(name);
}

/** Those in the application's folder itself, and tests. What a command of the page runs is run by that. */
function applicationsIn(blocks: readonly Block[]): readonly string[] {
  const run = new Set(blocks.flatMap(({ label = "" }) => commandOf(label)?.args ?? []));
  const names = blocks.filter(({ language }) => language === "js").map(({ label = "" }) => label);
  return names.filter((name) => (!name.includes("/") || name.endsWith(".test.js")) && !run.has(name));
}

/** Those of the page where it has some, for all of its files. */
function settingsFor(blocks: readonly Block[]): object {
  const compilerOptions = { target: "es2023", module: "nodenext", types: ["node"], strict: true, noEmit: true };
  const own = { ...compilerOptions, allowImportingTsExtensions: true, verbatimModuleSyntax: true };
  const hasOwn = blocks.some(({ label }) => label === "tsconfig.json");
  const settings = hasOwn ? { extends: "./tsconfig.json", compilerOptions: {} } : { compilerOptions: own };
  return { ...settings, include: ["**/*.ts"], exclude: ["node_modules", "built", "**/node_modules"] };
}

function withoutTimes(text: string): string {
  return text.replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, "time").replaceAll(/\d+(?:\.\d+)? ms/g, "n ms");
}
