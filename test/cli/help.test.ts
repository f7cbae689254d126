import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { version } from "@plugo/node";
import { createProgram } from "#src/cli/program.js";
import { createFolder } from "../support/plugin-folder.ts";
import { checkout, runPlugo } from "./run-plugo.ts";
import { silentTerminal } from "./silent-terminal.ts";

const { commands } = createProgram(silentTerminal, () => {});

describe("plugo --help", () => {
  for (const command of commands) {
    test(`of ${command.name()} tells its options on standard output`, async () => {
      using folder = createFolder();
      const { exitCode, stdout, stderr } = await runPlugo(folder.path, [command.name(), "--help"]);
      assert.equal(exitCode, 0);
      assert.equal(stderr, "");
      assert.ok(stdout.startsWith(`Usage: plugo ${command.name()} [options]`), stdout);
      for (const option of command.options) {
        assert.notEqual(option.description, "", option.flags);
        assert.equal(stdout.includes(option.flags), !option.hidden, option.flags);
      }
    });
  }

  test("lists every command, and is what plugo alone prints", async () => {
    using folder = createFolder();
    const help = await runPlugo(folder.path, ["--help"]);
    assert.equal(help.exitCode, 0);
    for (const command of commands) {
      assert.ok(help.stdout.includes(`  ${command.name()} `), command.name());
      assert.match(command.description(), /^[a-z].*[^.]$/);
    }
    assert.deepEqual(await runPlugo(folder.path, []), help);
    assert.deepEqual(await runPlugo(folder.path, ["help"]), help);
  });

  test("breaks no word in a narrow terminal", () => {
    const program = createProgram(silentTerminal, () => {});
    program.configureOutput({ getOutHelpWidth: () => 50 });
    const lines = program.helpInformation().split("\n");
    assert.deepEqual(
      lines.filter((line) => line.length > 50),
      [],
    );
    assert.ok(lines.some((line) => line.startsWith("  why <plugin> ")));
    assert.ok(lines.some((line) => line.startsWith("  new-app [name] ")));
  });

  test("loads nothing but the command line and commander", async () => {
    using folder = createFolder();
    const report = folder.at("modules.json");
    const preload = folder.at("preload.mjs");
    folder.write({
      "preload.mjs": `
        import { register } from "node:module";
        process.on("exit", () => {});
        register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks(report))}`)});
      `,
    });
    const { exitCode } = await runPlugo(folder.path, ["list", "--help"], {
      env: { NODE_OPTIONS: `--import=${preload}` },
    });
    assert.equal(exitCode, 0);
    const loaded = readFileSync(report, "utf8").trim().split("\n");
    const own = loaded.filter((url) => url.includes("/dist/"));
    // A few; where coverage is measured, the parts of those few each by itself.
    assert.ok(own.length > 0 && own.length <= 16, own.join("\n"));
    assert.doesNotMatch(loaded.join("\n"), /clack|oxc|valibot|jsonc/);
  });
});

/** Module hooks that write down what is loaded. */
function hooks(report: string): string {
  return `
    import { appendFileSync } from "node:fs";
    export async function load(url, context, next) { appendFileSync(${JSON.stringify(report)}, url + "\\n"); return next(url, context); }
  `;
}

test("plugo --version prints the version, and leaves a command its own --version", async () => {
  using folder = createFolder({ "package.json": {} });
  for (const flag of ["--version", "-V"]) assert.equal((await runPlugo(folder.path, [flag])).stdout, `${version}\n`);
  await runPlugo(folder.path, ["new-base-plugin", "--name=Shop", "--version", "3.0.0", "--output-dir=plugins"]);
  assert.match(readFileSync(folder.at("plugins/shop/metadata.json"), "utf8"), /"version": "3\.0\.0"/);
});

describe("plugo called wrongly", () => {
  const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [["lits"], /unknown command 'lits'\n\(Did you mean list\?\)/],
    [["list", "--jsno"], /unknown option '--jsno'\n\(Did you mean --json\?\)/],
    [["why"], /missing required argument 'plugin'/],
    [["list", "too", "many"], /too many arguments/],
    [["new-base-plugin", "--name"], /argument missing/],
  ];
  for (const [args, message] of wrong) {
    test(`as plugo ${args.join(" ")} exits with 2 and says so on standard error`, async () => {
      using folder = createFolder({ "plugins/a/metadata.json": {} });
      const { exitCode, stdout, stderr } = await runPlugo(folder.path, args);
      assert.equal(exitCode, 2);
      assert.equal(stdout, "");
      assert.match(stderr, message);
    });
  }
});

test("the package has one bin, which runs", () => {
  const { bin } = JSON.parse(readFileSync(`${checkout}/package.json`, "utf8")) as { bin: Record<string, string> };
  assert.deepEqual(bin, { plugo: "dist/cli/bin.js" });
  assert.match(readFileSync(`${checkout}/${bin["plugo"]}`, "utf8"), /^#!\/usr\/bin\/env node\n/);
});
