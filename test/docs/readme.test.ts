import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";

const root = path.resolve(import.meta.dirname, "../../..");
const readme = readFileSync(path.join(root, "README.md"), "utf8").replaceAll("\r\n", "\n");
const scripts = (JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object }).scripts;

interface Block {
  /** What stands above it in backquotes: a file, or the command whose output it is. */
  readonly label: string | undefined;
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = Array.from(
  readme.matchAll(/(?:^`(?<label>[^`\n]+)`\n\n)?^```(?<language>\w*)\n(?<text>[^]*?)^```$/gm),
  ({ groups = {} }) => ({ label: groups["label"], language: groups["language"] ?? "", text: groups["text"] ?? "" }),
);

describe("README.md", () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plugo-test-")));

  before(() => {
    mkdirSync(path.join(folder, "node_modules", "@plugo"), { recursive: true });
    symlinkSync(root, path.join(folder, "node_modules", "@plugo", "node"), "junction");
    symlinkSync(path.join(root, "node_modules", "@types"), path.join(folder, "node_modules", "@types"), "junction");
    write("package.json", `{ "name": "readme", "version": "1.0.0", "type": "module" }`);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("says above each block of code what it is", () => {
    const unnamed = blocks.filter(({ label, language }) => label === undefined && language !== "sh");
    assert.deepEqual(unnamed, []);
  });

  it("names commands that there are", () => {
    const commands = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.trim().split("\n"));
    assert.deepEqual(commands, ["npm install @plugo/node", "npm pkg set type=module", "npm start", "npm test"]);
    assert.ok("start" in scripts && "test" in scripts);
  });

  // In the order of the page: each command finds the files that stand above it.
  for (const [index, { label = "", text }] of blocks.entries()) {
    if (!label.startsWith("node ")) continue;
    it(`shows what "${label}" prints (block ${index + 1})`, () => {
      writeFiles(blocks.slice(0, index));
      const { output, exitCode } = run(label.slice("node ".length).split(" "));
      assert.equal(exitCode, 0, output);
      assert.equal(withoutTimes(output), withoutTimes(text));
    });
  }

  it("holds JavaScript that runs", () => {
    writeFiles(blocks);
    const applications = blocks.filter(({ label, language }) => language === "js" && label?.includes("/") === false);
    assert.deepEqual(
      applications.map(({ label }) => label),
      ["app.js", "change.js", "events.js", "routes.js"],
    );
    for (const { label = "" } of applications) {
      const { output, exitCode } = run([label]);
      assert.equal(exitCode, 0, output);
    }
  });

  it("holds TypeScript that compiles with the settings it gives, and runs", () => {
    writeFiles(blocks);
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    const checked = run([tsc, "-p", "."]);
    assert.equal(checked.exitCode, 0, checked.output);
    const built = run([tsc, "-p", ".", "--noEmit", "false", "--rewriteRelativeImportExtensions", "--outDir", "built"]);
    assert.equal(built.exitCode, 0, built.output);
    const { output, exitCode } = run(["built/app.js"]);
    assert.equal(exitCode, 0, output);
    assert.match(output, /^Hello world!$/m);
  });

  it("holds a plugin's test that passes", () => {
    writeFiles(blocks);
    const { output, exitCode } = run(["--test", "plugins/hello/test/hello.test.js"]);
    assert.equal(exitCode, 0, output);
    assert.match(output, /pass 1$/m);
  });

  function writeFiles(some: readonly Block[]): void {
    for (const { label, text } of some) if (label !== undefined && !label.startsWith("node ")) write(label, text);
  }

  function write(file: string, text: string): void {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** What it prints on both outputs, in the order it was printed. */
  function run(args: readonly string[]): { readonly output: string; readonly exitCode: number | null } {
    const file = path.join(folder, "output.txt");
    const output = openSync(file, "w");
    const { ENABLED_PLUGINS: _, NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const { status } = spawnSync(process.execPath, args, {
      cwd: folder,
      env: { ...env, NO_COLOR: "1" },
      stdio: ["ignore", output, output],
      timeout: 60_000,
    });
    closeSync(output);
    return { output: readFileSync(file, "utf8").replaceAll(folder + path.sep, ""), exitCode: status };
  }
});

function withoutTimes(text: string): string {
  return text.replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, "time").replaceAll(/\d+(?:\.\d+)? ms/g, "n ms");
}
