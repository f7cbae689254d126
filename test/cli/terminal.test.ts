import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { createFolder } from "../support/plugin-folder.ts";
import { createShop } from "./shop.ts";
import { TerminalSession } from "./terminal-session.ts";

// Windows has no tmux.
const options = { skip: process.platform === "win32", timeout: 120_000 };
const git = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GITHUB_USERNAME: "ada" };

const metadataIn = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;

describe("plugo new-…-plugin on a terminal", options, () => {
  test("asks for what is not given, with defaults that Enter takes", async () => {
    using folder = createFolder({ "package.json": { dependencies: { hono: "^4.0.0" } } });
    await using terminal = new TerminalSession(
      folder.path,
      ["new-base-plugin", "--name=Example Plugin", "--output-dir=plugins"],
      git,
    );
    assert.doesNotMatch(await terminal.screen(/Framework/), /\bName\b/);
    await terminal.screen(/● hono/);
    await terminal.press("Enter");
    for (const [question, fallback] of [
      ["Folder", "example_plugin"],
      ["Description", "Example Plugin"],
      ["Version", "0\\.0\\.1"],
      ["Identifier", "example_plugin"],
      ["Author", "ada"],
    ] as const) {
      await terminal.screen(new RegExp(`◆ +${question}\\n. +${fallback}`));
      await terminal.press("Enter");
    }
    await terminal.screen(/◆ +Plugins that it needs/);
    await terminal.press("Enter");
    const end = await terminal.screen(/exit code \d/);
    assert.match(end, /exit code 0/);
    assert.match(end, /Made example_plugin in plugins\/example_plugin/);
    assert.match(end, / 1\. .*\n[^]* 2\. .*\n[^]* 3\. /);
    assert.deepEqual(readdirSync(folder.at("plugins")), ["example_plugin"]);
    const { name, author, version } = metadataIn(folder.at("plugins/example_plugin/metadata.json"));
    assert.deepEqual({ name, author, version }, { name: "Example Plugin", author: "ada", version: "0.0.1" });
    assert.match(readFileSync(folder.at("plugins/example_plugin/package.json"), "utf8"), /"hono"/);
  });

  test("takes what is typed, and says at once what cannot be", async () => {
    using folder = createFolder({ "package.json": {} });
    await using terminal = new TerminalSession(folder.path, ["new-ui-plugin", "--framework=express"], git);
    await terminal.screen(/◆ +Name/);
    await terminal.type("../x");
    await terminal.press("Enter");
    await terminal.screen(/slash/);
    await terminal.press("C-u");
    await terminal.type("My Shop!");
    await terminal.press("Enter");
    await terminal.screen(/◆ +Folder\n. +my_shop/);
    await terminal.press("Enter");
    await terminal.screen(/◆ +Description/);
    await terminal.type("Sells things.");
    await terminal.press("Enter");
    await terminal.screen(/◆ +Version/);
    await terminal.type("one");
    await terminal.press("Enter");
    await terminal.screen(/must be a semver version/);
    await terminal.press("C-u");
    await terminal.type("2.0.0");
    await terminal.press("Enter");
    for (const question of ["Identifier", "Author", "Plugins that it needs", "Plugin directory"]) {
      await terminal.screen(new RegExp(`◆ +${question}`));
      await terminal.press("Enter");
    }
    await terminal.screen(/exit code 0/);
    const metadata = metadataIn(folder.at("api/plugins/my_shop/metadata.json"));
    assert.equal(metadata["description"], "Sells things.");
    assert.equal(metadata["version"], "2.0.0");
  });

  for (const key of ["C-c", "Escape"]) {
    test(`makes nothing after ${key}, and exits with 130`, async () => {
      using folder = createFolder({ "package.json": {} });
      await using terminal = new TerminalSession(folder.path, ["new-base-plugin", "--output-dir=plugins"], git);
      await terminal.screen(/◆ +Name/);
      await terminal.type("Shop");
      await terminal.press("Enter");
      await terminal.screen(/◆ +Framework/);
      await terminal.press(key);
      const end = await terminal.screen(/exit code \d/);
      assert.match(end, /Interrupted: nothing was made/);
      assert.match(end, /exit code 130/);
      assert.equal(existsSync(folder.at("plugins")), false);
    });
  }

  test("asks nothing with --yes, with --json, and in CI", async () => {
    const ways: readonly (readonly [args: readonly string[], env: Record<string, string>])[] = [
      [["--yes"], {}],
      [["--json"], {}],
      [[], { CI: "true" }],
    ];
    for (const [args, env] of ways) {
      using folder = createFolder({ "package.json": {} });
      const all = ["new-base-plugin", "--name=Shop", "--output-dir=plugins", ...args];
      await using terminal = new TerminalSession(folder.path, all, { ...git, ...env });
      assert.match(await terminal.screen(/exit code \d/), /exit code 0/);
      assert.ok(existsSync(folder.at("plugins/shop/plugin.ts")));
    }
  });
});

describe("plugo list on a terminal", options, () => {
  test("is coloured, and without colour with NO_COLOR", async () => {
    using shop = createShop();
    await using coloured = new TerminalSession(shop.path, ["list"]);
    await coloured.screen(/exit code 0/);
    assert.ok((await coloured.colours()).includes("\u001B[32mready"));
    await using plain = new TerminalSession(shop.path, ["list"], { NO_COLOR: "1" });
    await plain.screen(/exit code 0/);
    assert.ok(!(await plain.colours()).includes("\u001B[3"));
  });
});

test("plugo new-app on a terminal says for how long it has been installing", options, async () => {
  // Nothing listens there.
  using folder = createFolder({ npmrc: "registry=http://127.0.0.1:9/\nnoproxy=127.0.0.1\nfetch-retries=0\n" });
  const env = { npm_config_userconfig: folder.at("npmrc"), npm_config_cache: folder.at("cache") };
  await using terminal = new TerminalSession(folder.path, ["new-app", "shop", "--yes"], env);
  await terminal.screen(/Installing the packages of shop … \d+ s/);
  assert.doesNotMatch(await terminal.screen(/exit code 1/), /Installing the packages/);
});

test("plugo new-app on a terminal asks for name and framework", options, async () => {
  using folder = createFolder();
  await using terminal = new TerminalSession(folder.path, ["new-app", "--no-install"]);
  await terminal.screen(/◆ +Name\n. +my-app/);
  await terminal.type("Corner Shop");
  await terminal.press("Enter");
  await terminal.screen(/◆ +Framework/);
  await terminal.press("Down", "Down", "Enter");
  await terminal.screen(/exit code 0/);
  assert.match(readFileSync(folder.at("corner-shop/app.ts"), "utf8"), /honoRoutes/);
});
