import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { CheckJson, FailureJson, NewPluginJson } from "@plugo/node/cli";
import { runNewPlugin } from "#src/cli/new-plugin-command.js";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";
import { checkout, plugoJson, runPlugo } from "./run-plugo.ts";
import { silentTerminal } from "./silent-terminal.ts";

const kinds = ["base", "ui", "api"] as const;
const frameworks = ["express", "fastify", "hono"] as const;

/** A project in which plugo and the frameworks are installed. */
function createProject(plugo: object = {}): TestFolder {
  const folder = createFolder({ "package.json": { name: "shop", version: "1.0.0", type: "module", plugo } });
  symlinkSync(`${checkout}/node_modules`, folder.at("node_modules"), "junction");
  return folder;
}

const make = (folder: TestFolder, kind: string, ...args: readonly string[]): Promise<NewPluginJson> =>
  plugoJson<NewPluginJson>(folder.path, [`new-${kind}-plugin`, ...args]);

describe("plugo new-base-plugin", () => {
  test('--name="Example Plugin" --output-dir="plugins" makes plugins/example_plugin, and says the next three things', async () => {
    using folder = createProject();
    const args = ["new-base-plugin", "--name=Example Plugin", "--output-dir=plugins"];
    const { exitCode, stdout, stderr } = await runPlugo(folder.path, args);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^Made example_plugin in plugins\/example_plugin/);
    assert.deepEqual(stdout.match(/^ {2}\d\. \w+/gm), ["  1. See", "  2. Write", "  3. Run"]);
    assert.deepEqual(readdirSync(folder.at("plugins")), ["example_plugin"]);
    const check = await plugoJson<CheckJson>(folder.path, ["check"]);
    assert.equal(check.ok, true, JSON.stringify(check.problems));
    assert.deepEqual(
      check.plugins.map(({ name }) => name),
      ["example_plugin"],
    );
  });

  test("writes what it is told into the metadata", async () => {
    using folder = createProject();
    const description = 'Says "hi" & <b>more</b>\\n';
    const args = [
      ...["--name", 'My "Q" Plugin', "--slug", "quick", "--identifier", "com.example.quick", "--version", "2.1.0"],
      ...["--description", description, "--author", "Ada Lovelace", "--dependencies", "auth, billing@^1.2.0"],
    ];
    const { folder: made, name, files } = await make(folder, "base", ...args, "--output-dir", "plugins");
    assert.equal(name, "quick");
    assert.equal(made, folder.at("plugins/quick"));
    for (const file of files) assert.doesNotMatch(readFileSync(`${made}/${file}`, "utf8"), /sample.?plugin/i, file);
    const metadata = JSON.parse(readFileSync(`${made}/metadata.json`, "utf8")) as Record<string, unknown>;
    assert.equal(metadata["$schema"], "../../node_modules/@plugo/node/schemas/metadata.json");
    const { version, identifier, author, dependencies } = metadata;
    assert.deepEqual(
      { name: metadata["name"], description: metadata["description"], version, identifier, author, dependencies },
      {
        name: 'My "Q" Plugin',
        description,
        version: "2.1.0",
        identifier: "com.example.quick",
        author: "Ada Lovelace",
        dependencies: ["auth", "billing@^1.2.0"],
      },
    );
  });

  test("takes the author from git, and else from GITHUB_USERNAME", async () => {
    using folder = createProject();
    const authorOf = (file: string): unknown =>
      (JSON.parse(readFileSync(folder.at(file), "utf8")) as { author: unknown }).author;
    writeFileSync(folder.at("gitconfig"), "[user]\n\tname = Grace Hopper\n");
    const none = { GIT_CONFIG_SYSTEM: "/dev/null", GIT_CONFIG_GLOBAL: "/dev/null", GITHUB_USERNAME: "ghopper" };
    const args = (name: string) => ["new-base-plugin", "--name", name, "--output-dir", "plugins"];
    await runPlugo(folder.path, args("one"), { env: { ...none, GIT_CONFIG_GLOBAL: folder.at("gitconfig") } });
    await runPlugo(folder.path, args("two"), { env: none });
    assert.equal(authorOf("plugins/one/metadata.json"), "Grace Hopper");
    assert.equal(authorOf("plugins/two/metadata.json"), "ghopper");
  });

  test("refuses a folder that is there with 1, and leaves it as it is", async () => {
    using folder = createProject();
    folder.write({ "plugins/shop/mine.txt": "mine" });
    const { exitCode, stderr } = await runPlugo(folder.path, [
      "new-base-plugin",
      "--name=Shop",
      "--output-dir=plugins",
    ]);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /"plugins\/shop" exists already and was left as it is\.\n {4}→ Choose another name, or replace it with --force/,
    );
    assert.deepEqual(readdirSync(folder.at("plugins"), { recursive: true }), ["shop", "shop/mine.txt"]);
  });

  test("--force replaces it, whole", async () => {
    using folder = createProject();
    folder.write({ "plugins/shop/mine.txt": "mine" });
    const { files } = await make(folder, "base", "--name=Shop", "--output-dir=plugins", "--force");
    assert.deepEqual(readdirSync(folder.at("plugins")), ["shop"]);
    assert.ok(!readdirSync(folder.at("plugins/shop")).includes("mine.txt"));
    assert.ok(files.includes("metadata.json"));
  });

  test("without a name and without a terminal says so at once", async () => {
    using folder = createProject();
    const { exitCode, stderr } = await runPlugo(folder.path, ["new-base-plugin"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /needs a name.*\n {4}→ Give it a name: --name "Example Plugin"/);
  });

  test("says that a directory is read-only, and leaves nothing", { skip: process.platform === "win32" }, async () => {
    using folder = createProject();
    mkdirSync(folder.at("plugins"));
    chmodSync(folder.path, 0o755);
    chmodSync(folder.at("plugins"), 0o555);
    // The superuser may write everywhere.
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const { exitCode, stderr } = await runPlugo(
      folder.path,
      ["new-base-plugin", "--name=Shop", "--output-dir=plugins"],
      uid,
    );
    assert.equal(exitCode, 1);
    assert.match(stderr, /^plugo: "plugins" cannot be written: permission denied\.\n {4}→ /);
    assert.deepEqual(readdirSync(folder.at("plugins")), []);
  });

  test("says that a file is in the way", async () => {
    using folder = createProject();
    folder.write({ plugins: "a file" });
    const { exitCode, stderr } = await runPlugo(folder.path, [
      "new-base-plugin",
      "--name=Shop",
      "--output-dir=plugins",
    ]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /"plugins" cannot be written/);
  });

  const values: readonly (readonly [option: string, value: string])[] = [
    ["--version", "one"],
    ["--slug", "../out"],
    ["--slug", ".hidden"],
    ["--slug", "_aside"],
    ["--slug", "node_modules"],
    ["--dependencies", "auth@not a range"],
    ["--dependencies", "../x"],
    ["--output-dir", ""],
  ];
  for (const [option, value] of values) {
    test(`refuses ${option} ${JSON.stringify(value)}`, async () => {
      using folder = createProject();
      const { exitCode, stdout } = await runPlugo(folder.path, [
        "new-base-plugin",
        "--name=Shop",
        option,
        value,
        "--json",
      ]);
      assert.equal(exitCode, 1);
      const { error } = JSON.parse(stdout) as FailureJson;
      assert.equal(error.code, "PLUGO_NEW_VALUE");
      assert.ok(error.message.startsWith(`${option} must be `), error.message);
      assert.deepEqual(readdirSync(folder.path).toSorted(), ["node_modules", "package.json"]);
    });
  }

  test("refuses a framework that there is not with 2", async () => {
    using folder = createProject();
    const { exitCode, stderr } = await runPlugo(folder.path, ["new-base-plugin", "--name=Shop", "--framework=koa"]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /express, fastify, hono/);
  });
});

describe("where a new plugin goes", () => {
  test("is the project's plugin directory, from any folder in it", async () => {
    using folder = createProject({ pluginDirectory: "parts" });
    mkdirSync(folder.at("src/deep"), { recursive: true });
    const made = await plugoJson<NewPluginJson>(folder.at("src/deep"), ["new-base-plugin", "--name=Shop"]);
    assert.equal(made.folder, folder.at("parts/shop"));
    assert.match(made.next[0] ?? "", /^See it among the plugins/);
  });

  test("is the one that is there when the project names none", async () => {
    using folder = createProject();
    mkdirSync(folder.at("plugins"));
    const made = await make(folder, "ui", "--name=Shop");
    assert.equal(made.folder, folder.at("plugins/shop"));
    assert.match(made.next[0] ?? "", /^See it among the plugins/);
  });

  test("is api/plugins when the project has and names none", async () => {
    using folder = createProject();
    assert.equal((await make(folder, "api", "--name=Shop")).folder, folder.at("api/plugins/shop"));
  });

  test("is relative to where the command runs with --output-dir", async () => {
    using folder = createProject({ pluginDirectory: "parts" });
    mkdirSync(folder.at("src"));
    const made = await plugoJson<NewPluginJson>(folder.at("src"), [
      "new-base-plugin",
      "--name=Shop",
      "--output-dir=here",
    ]);
    assert.equal(made.folder, folder.at("src/here/shop"));
  });

  test("is told to package.json and to the application when it is elsewhere", async () => {
    using folder = createProject({ pluginDirectory: "parts" });
    const { next } = await make(folder, "base", "--name=Shop", "--output-dir=more/parts");
    assert.match(next[0] ?? "", /package\.json +"plugo": \{ "pluginDirectory": \["parts", "more\/parts"\] \}\n/);
    assert.match(next[0] ?? "", /loadPlugins\(\{ pluginDirectory: \["parts", "more\/parts"\], … \}\)/);
    folder.write({
      "package.json": { plugo: { pluginDirectory: ["parts", "more/parts"] } },
      "parts/a/metadata.json": {},
    });
    const { plugins } = await plugoJson<CheckJson>(folder.path, ["list"]);
    assert.deepEqual(
      plugins.map(({ name }) => name),
      ["a", "shop"],
    );
  });

  test("is told to enable it when the project has a config", async () => {
    using folder = createProject();
    folder.write({ "plugins_config.json": { plugins: [] } });
    const { next } = await make(folder, "base", "--name=Shop", "--output-dir=plugins");
    assert.equal(next[0], "Enable it: npx @plugo/node enable shop");
    assert.equal((await runPlugo(folder.path, ["enable", "shop"])).exitCode, 0);
    assert.equal((await plugoJson<CheckJson>(folder.path, ["check"])).plugins[0]?.phase, "ready");
  });
});

test("the framework is the one that the project's package.json names", async () => {
  using folder = createProject();
  folder.write({ "package.json": { dependencies: { fastify: "^5.0.0" } } });
  assert.equal((await make(folder, "base", "--name=Shop")).framework, "fastify");
  assert.equal((await make(folder, "base", "--name=Other", "--framework=hono")).framework, "hono");
});

/** Each becomes a plugin of this name, or is refused. */
const hostile: readonly (readonly [name: string, becomes: RegExp | undefined])[] = [
  ["", undefined],
  ["   ", undefined],
  ["My  Plugin ", /^my_plugin$/],
  [`it's "quoted" \`back\` \${x}`, /^its_quoted_back_x$/],
  ["🚀", undefined],
  ["🚀 rocket", /^rocket$/],
  ["../x", undefined],
  ["..\\x", undefined],
  ["/etc/passwd", undefined],
  ["class", /^class(_plugin)?$/],
  ["await", /^await(_plugin)?$/],
  ["default", /^default(_plugin)?$/],
  ["a".repeat(300), undefined],
  ["a".repeat(100), /^a{100}$/],
  ["3d viewer", /^plugin_3d_viewer$/],
  ["constructor", /^constructor_plugin$/],
  ["__proto__", /^proto$/],
  ["node_modules", /^node_modules_plugin$/],
  ["con", /^con_plugin$/],
  ["plugin", /^plugin(_plugin)?$/],
  ["Router", /^router(_plugin)?$/],
  ["item", /^item(_plugin)?$/],
  ["sample plugin", /^sample_plugin$/],
  ["<script>alert(1)</script>", undefined],
  ["<script>", /^script(_plugin)?$/],
  ["--name", /^name(_plugin)?$/],
  ["Ünïcödé", /^unicode$/],
  ["a\nb", undefined],
];

test("a hostile name for plugo new-base-plugin makes a plugin, or is refused in one line with 1", async () => {
  using folder = createProject({ pluginDirectory: "plugins" });
  for (const [name, becomes] of hostile) {
    const args = ["new-base-plugin", `--name=${name}`, "--json"];
    const { exitCode, stdout, stderr } = await runPlugo(folder.path, args);
    const shown = JSON.stringify(name.slice(0, 40));
    if (becomes === undefined) {
      assert.equal(exitCode, 1, shown);
      assert.match(stderr, /^plugo: Nothing can be named .*\n {4}→ .*\n$/, shown);
      assert.equal((JSON.parse(stdout) as FailureJson).error.code, "PLUGO_NEW_NAME");
    } else {
      assert.equal(exitCode, 0, `${shown} ${stderr}`);
      assert.match((JSON.parse(stdout) as NewPluginJson).name, becomes, shown);
    }
  }
});

for (const kind of kinds) {
  for (const framework of frameworks) {
    test(`a hostile name makes a plugin of ${kind}-${framework} with nothing wrong in its files`, async () => {
      using folder = createProject({ pluginDirectory: "plugins" });
      const before = process.cwd();
      process.chdir(folder.path);
      try {
        for (const [name, becomes] of hostile) {
          const making = runNewPlugin(kind, { name, framework }, silentTerminal);
          if (becomes === undefined) await assert.rejects(making, { code: "PLUGO_NEW_NAME" });
          else await making;
        }
      } finally {
        process.chdir(before);
      }
      const check = await plugoJson<CheckJson>(folder.path, ["check"]);
      const wrong = check.plugins.flatMap(({ name, problem }) =>
        problem === null ? [] : [`${name}: ${problem.message}`],
      );
      assert.deepEqual(wrong, []);
      const names = check.plugins.map(({ name }) => name);
      for (const [name, becomes] of hostile) {
        if (becomes !== undefined)
          assert.ok(
            names.some((made) => becomes.test(made)),
            `${name} in ${names.join(", ")}`,
          );
      }
    });
  }
}
