import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { FailureJson, NewAppJson } from "@plugo/node/cli";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { checkout, plugoJson, runPlugo } from "./run-plugo.ts";

const manifestIn = (folder: string): Record<string, Record<string, string>> =>
  JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Record<string, Record<string, string>>;

/** A folder with a template that needs one small package. */
function createTemplates(): TestFolder {
  return createFolder({
    "templates/app-express/package.json": {
      name: "sample-app",
      scripts: { start: "node app.ts" },
      dependencies: { "@plugo/node": "file:../..", small: "^1.0.0" },
      devDependencies: {},
    },
    "templates/app-express/app.ts": "// Sample App",
  });
}

const args = (folder: TestFolder, ...more: readonly string[]): readonly string[] => [
  "new-app",
  "shop",
  "--templates",
  folder.at("templates"),
  "--plugo-spec",
  "^1.0.0",
  ...more,
];

async function startWithPackages(): Promise<TestRegistry> {
  const registry = await startRegistry();
  registry.publish("small", "1.0.0");
  registry.publish("@plugo/node", "1.0.0");
  registry.publish("tsx", "4.99.0");
  return registry;
}

describe("plugo new-app", () => {
  test("makes an application under its name and installs its packages", async () => {
    using folder = createTemplates();
    await using registry = await startWithPackages();
    const app = await plugoJson<NewAppJson>(folder.path, args(folder), { env: registry.env() });
    assert.deepEqual(
      app.files,
      [".gitignore", "app.ts", "package.json"].filter((file) => app.files.includes(file)),
    );
    assert.equal(app.installed, true);
    assert.equal(app.next.length, 3);
    assert.ok(existsSync(folder.at("shop/node_modules/small/package.json")));
    assert.equal(readFileSync(folder.at("shop/app.ts"), "utf8"), "// Shop");
    const { name, dependencies } = manifestIn(folder.at("shop"));
    assert.equal(name, "shop");
    assert.deepEqual(dependencies, { "@plugo/node": "^1.0.0", small: "^1.0.0" });
    assert.deepEqual(readdirSync(folder.path).toSorted(), ["shop", "templates"]);
  });

  test("keeps the application when npm fails, and says what npm said, with 1", async () => {
    using folder = createTemplates();
    await using registry = await startWithPackages();
    registry.setFault("small", "packument", { status: 404 });
    const { exitCode, stderr } = await runPlugo(folder.path, args(folder), { env: registry.env() });
    assert.equal(exitCode, 1);
    assert.match(stderr, /npm: E404\)\. The registry does not have "small"/);
    assert.match(stderr, /Everything but its packages is in "shop": run "npm install" there/);
    assert.ok(existsSync(folder.at("shop/app.ts")));
  });

  test(
    "leaves nothing when it is interrupted while npm runs, and ends npm",
    { skip: process.platform === "win32" },
    async () => {
      using folder = createTemplates();
      await using registry = await startWithPackages();
      registry.setFault("small", "packument", { stalls: "headers" });
      const asked = registry.nextRequest("small", "packument");
      let interrupt = (): void => {};
      const run = runPlugo(folder.path, args(folder), {
        env: registry.env(),
        onOutput: (child) => {
          interrupt = () => child.kill("SIGINT");
        },
      });
      await asked;
      interrupt();
      const { exitCode, stderr } = await run;
      assert.equal(exitCode, 130, stderr);
      assert.match(stderr, /Interrupted: nothing was made\./);
      assert.deepEqual(readdirSync(folder.path), ["templates"]);
    },
  );

  test("refuses a folder that is there, and leaves it as it is", async () => {
    using folder = createTemplates();
    folder.write({ "shop/mine.txt": "" });
    const { exitCode, stderr } = await runPlugo(folder.path, args(folder));
    assert.equal(exitCode, 1);
    assert.match(stderr, /"shop" exists already and was left as it is\.\n {4}→ Choose another name\. /);
    assert.deepEqual(readdirSync(folder.at("shop")), ["mine.txt"]);
  });

  test("without a name and without a terminal says so at once", async () => {
    using folder = createFolder();
    const { error } = await plugoJson<FailureJson>(folder.path, ["new-app"]);
    assert.equal(error.code, "PLUGO_NEW_NO_NAME");
    assert.match(error.remedy, /plugo new-app shop/);
  });

  const names: readonly (readonly [given: string, folder: string | undefined])[] = [
    ["My Shop!", "my-shop"],
    ["../x", undefined],
    ["🚀", undefined],
    ["", undefined],
  ];
  for (const [given, made] of names) {
    test(`with the name ${JSON.stringify(given)} ${made === undefined ? "refuses it" : `makes ${made}`}`, async () => {
      using folder = createFolder();
      const { exitCode } = await runPlugo(folder.path, ["new-app", given, "--no-install"]);
      assert.equal(exitCode, made === undefined ? 1 : 0);
      assert.deepEqual(readdirSync(folder.path), made === undefined ? [] : [made]);
    });
  }

  test("names this very copy of plugo: a checkout by its folder", async () => {
    using folder = createFolder();
    await runPlugo(folder.path, ["new-app", "shop", "--no-install"]);
    assert.equal(manifestIn(folder.at("shop"))["dependencies"]?.["@plugo/node"], `file:${checkout}`);
  });
});
