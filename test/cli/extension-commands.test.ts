import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createFolder, type Files, type TestFolder } from "../support/plugin-folder.ts";
import { checkout, runPlugo } from "./run-plugo.ts";

const cli = JSON.stringify(pathToFileURL(`${checkout}/dist/cli/index.js`).href);
const hello = (word: string): string => `
  import { writeFileSync } from "node:fs";
  import { Command } from ${cli};
  writeFileSync("loaded", "");
  export default new Command().description("Greets").option("--name <name>", "whom", "World")
    .action(({ name }) => console.log(\`${word}, \${name}!\`));
`;
const declares = (commands: unknown, more: object = {}): object => ({ type: "module", plugo: { commands }, ...more });

function createProject(files: Files): TestFolder {
  return createFolder({ "sub/file.txt": "", ...files });
}

const greeting = {
  "package.json": declares(
    { "hello-world": { run: "./commands/hello.js", summary: "Say hello" } },
    { dependencies: { direct: "1", "@scope/other": "1" } },
  ),
  "commands/hello.js": hello("Hello"),
  "node_modules/direct/package.json": declares({ "from-package": "./run.js" }, { dependencies: { transitive: "1" } }),
  "node_modules/direct/run.js": hello("Package"),
  "node_modules/@scope/other/package.json": declares({ scoped: { run: "run.js", summary: "Of a scope\nsecond line" } }),
  "node_modules/@scope/other/run.js": hello("Scope"),
  "node_modules/transitive/package.json": declares({ transitive: "./run.js" }),
  "node_modules/transitive/run.js": hello("Never"),
};

describe("an extension command", () => {
  test("is in the help with its summary, without being loaded; one of a dependency too, one of theirs not", async () => {
    using folder = createProject(greeting);
    const { exitCode, stdout, stderr } = await runPlugo(folder.at("sub"), ["--help"]);
    assert.equal(exitCode, 0);
    assert.equal(stderr, "");
    assert.match(stdout, /\n {2}hello-world +Say hello\n/);
    assert.match(stdout, /\n {2}from-package *\n/);
    assert.match(stdout, /\n {2}scoped +Of a scope\n/);
    assert.doesNotMatch(stdout, /transitive/);
    assert.equal(existsSync(folder.at("sub/loaded")), false);
  });

  test("gets its arguments and has its own help", async () => {
    using folder = createProject(greeting);
    assert.equal((await runPlugo(folder.path, ["hello-world"])).stdout, "Hello, World!\n");
    assert.equal((await runPlugo(folder.path, ["from-package", "--name", "Ada"])).stdout, "Package, Ada!\n");
    for (const args of [
      ["hello-world", "--help"],
      ["help", "hello-world"],
    ]) {
      assert.match((await runPlugo(folder.path, args)).stdout, /^Usage: plugo hello-world \[options\]/);
    }
    const { exitCode, stderr } = await runPlugo(folder.path, ["hello-world", "--nmae", "x"]);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /unknown option '--nmae'/);
  });

  test("may go on after its action, and decides its exit code", async () => {
    using folder = createProject({
      "package.json": declares({ later: "./later.js" }),
      "later.js": `
        import { Command } from ${cli};
        export default new Command().action(() => {
          setTimeout(() => { console.log("later"); process.exitCode = 7; }, 20);
        });
      `,
    });
    const { stdout, exitCode } = await runPlugo(folder.path, ["later"]);
    assert.equal(stdout, "later\n");
    assert.equal(exitCode, 7);
  });

  const broken: readonly (readonly [what: string, value: unknown, line: RegExp])[] = [
    ["has no file", "./gone.js", /this project declares the command "broken": there is no file "\.\/gone\.js"\.$/m],
    ["leads out", "../out.js", /"\.\.\/out\.js" leads out of the package\.$/m],
    ["is no path", 5, /must be a path or \{ "run": a path \}, but it is the number 5\.$/m],
    ["has a summary that is no text", { run: "./commands/hello.js", summary: 5 }, /"summary" must be a text/],
  ];
  for (const [what, value, line] of broken) {
    test(`that ${what} is named in one line, and the others work`, async () => {
      const other = { run: "./commands/hello.js" };
      using folder = createProject({ ...greeting, "package.json": declares({ broken: value, "hello-world": other }) });
      const help = await runPlugo(folder.path, ["--help"]);
      assert.equal(help.exitCode, 0);
      assert.match(help.stderr, line);
      assert.equal(help.stderr.trimEnd().split("\n").length, 1, help.stderr);
      assert.match(help.stdout, /hello-world/);
      assert.doesNotMatch(help.stdout, /broken/);
      assert.equal((await runPlugo(folder.path, ["hello-world"])).stdout, "Hello, World!\n");
    });
  }

  const unloadable: readonly (readonly [what: string, code: string, reason: RegExp])[] = [
    ["throws while it is loaded", "throw new Error('no luck')", /failed: no luck/],
    ["has a syntax error", "export default (", /failed: Unexpected/],
    ["exports no command", "export default 5", /is no Command of @plugo\/node\/cli/],
    ["imports what is not there", "import 'no-such-package'", /failed: Cannot find package 'no-such-package'/],
  ];
  for (const [what, code, reason] of unloadable) {
    test(`that ${what} is named with its package when it is called, and hurts no other`, async () => {
      using folder = createProject({
        ...greeting,
        "node_modules/direct/package.json": declares({ bad: "./bad.js" }),
        "node_modules/direct/bad.js": code,
      });
      const { exitCode, stderr } = await runPlugo(folder.path, ["bad"]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^plugo: The command "bad" of the package direct cannot be run: /);
      assert.match(stderr, reason);
      assert.doesNotMatch(stderr, /\n\s+at /);
      assert.equal((await runPlugo(folder.path, ["hello-world"])).exitCode, 0);
      assert.equal((await runPlugo(folder.path, ["--help"])).stderr, "");
    });
  }

  test("that fails says so without a stack, with 1", async () => {
    using folder = createProject({
      "package.json": declares({ fails: "./fails.js" }),
      "fails.js": `import { Command } from ${cli}; export default new Command().action(() => { throw new Error("no database"); });`,
    });
    const { exitCode, stderr } = await runPlugo(folder.path, ["fails"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^plugo: The command "fails" of this project failed: no database\n {4}→ /);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  test("takes no name that plugo has, and none that is taken", async () => {
    using folder = createProject({
      ...greeting,
      "package.json": declares(
        { list: "./commands/hello.js", same: "./commands/hello.js" },
        { dependencies: { direct: "1" } },
      ),
      "node_modules/direct/package.json": declares({ same: "./run.js" }),
      "plugins/a/metadata.json": {},
    });
    const { stderr } = await runPlugo(folder.path, ["--help"]);
    assert.match(stderr, /this project declares the command "list", which plugo has itself\./);
    assert.match(stderr, /the package direct declares the command "same", which this project has already\./);
    assert.match((await runPlugo(folder.path, ["list"])).stdout, /^Read plugins/);
    assert.equal((await runPlugo(folder.path, ["same"])).stdout, "Hello, World!\n");
  });

  test("is not missed by the help where a package.json cannot be read: that is one line", async () => {
    for (const files of [
      { "package.json": "{ nope" },
      { ...greeting, "node_modules/direct/package.json": "{ nope" },
      { "package.json": declares([]) },
    ]) {
      using folder = createProject(files);
      const { exitCode, stdout, stderr } = await runPlugo(folder.path, ["--help"]);
      assert.equal(exitCode, 0);
      assert.match(stdout, /new-base-plugin/);
      assert.match(stderr, /^plugo: .*package\.json|^plugo: .*plugo\.commands/);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });
});
