import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { findInstaller } from "#src/environments/installers/find-installer.js";
import { npmTool } from "#src/environments/installers/npm-tool.js";
import { runInstaller } from "#src/environments/installers/run-installer.js";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { exampleFile, ExampleProcess } from "./example-process.ts";

/** The instructions of the example's Dockerfile, in order. */
const instructions = readFileSync(exampleFile("express-plugins/Dockerfile"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, name = "", rest = ""] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    return name === "" ? [] : [{ name, rest }];
  });
const install = instructions.findIndex(({ name }) => name === "RUN");
const ignored = readFileSync(exampleFile("express-plugins/.dockerignore"), "utf8").trim().split("\n");

/** There is no Docker here: COPY and RUN are carried out in a folder, and the packages are stand-ins. */
describe("examples/express-plugins/Dockerfile", () => {
  let registry: TestRegistry;
  let context: TestFolder;
  const manifest = JSON.parse(readFileSync(exampleFile("express-plugins/package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };

  before(async () => {
    registry = await startRegistry();
    for (const [name, version] of [
      ["@plugo/node", "0.1.0"],
      ["dayjs", "1.11.99"],
      ["express", "5.9.0"],
      ["nanoid", "5.9.0"],
      ["nanoid", "3.3.0"],
    ] as const) {
      registry.publish(name, version);
    }
    context = createFolder();
    cpSync(exampleFile("express-plugins"), context.path, {
      recursive: true,
      filter: (source) => !/node_modules|package-plugins|\.plugo/.test(path.basename(source)),
    });
    context.write({
      "package.json": { ...manifest, dependencies: { ...manifest.dependencies, "@plugo/node": "^0.1.0" } },
      "plugins/sample_plugin/package.json": { dependencies: { nanoid: "^3.0.0" } },
    });
    // The application runs with the packages of the checkout, and its plugin without an environment.
    mkdirSync(context.at("plugins/sample_plugin/node_modules/nanoid"), { recursive: true });
    symlinkSync(exampleFile("../node_modules"), context.at("node_modules"), "junction");
    await consolidate();
  });
  after(async () => {
    await registry[Symbol.asyncDispose]();
    context[Symbol.dispose]();
  });

  async function consolidate(): Promise<void> {
    const env = Object.fromEntries(Object.entries(registry.env()).filter(([name]) => name.startsWith("npm_config_")));
    await using app = new ExampleProcess(["app.js", "--consolidate"], {
      cwd: context.path,
      env: env as Record<string, string>,
    });
    assert.equal(await app.end(), 0, app.output);
  }

  function layer(): Record<string, string> {
    const entries = readdirSync(context.at("package-plugins"), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    return Object.fromEntries(files.map((file) => [path.relative(context.path, file), readFileSync(file, "utf8")]));
  }

  it("copies nothing but what consolidation has written before it installs", () => {
    const copied = instructions.slice(0, install).filter(({ name }) => name === "COPY");
    assert.deepEqual(
      copied.map(({ rest }) => rest),
      ["package-plugins/ ./"],
    );
    assert.deepEqual(Object.keys(layer()).toSorted(), [
      path.join("package-plugins", "package-lock.json"),
      path.join("package-plugins", "package.json"),
      path.join("package-plugins", "plugins", "sample_plugin", "package.json"),
    ]);
  });

  it("keeps that layer when code changes, and makes it anew when a dependency does", async () => {
    const first = layer();
    context.write({ "plugins/sample_plugin/more.ts": "export {};", "listen2.js": "export {};" });
    await consolidate();
    assert.deepEqual(layer(), first);
    context.write({ "plugins/sample_plugin/package.json": { dependencies: { nanoid: "^3.0.0", dayjs: "^1.0.0" } } });
    await consolidate();
    assert.notDeepEqual(layer(), first);
  });

  it("gives the application and each plugin its own packages and files", async () => {
    using image = createFolder();
    for (const { name, rest } of instructions) {
      if (name === "COPY") copy(rest, image);
      if (name === "RUN") await run(rest, image);
    }
    const versionFor = (file: string): string =>
      (createRequire(image.at(file))("nanoid") as { readonly version: string }).version;
    assert.equal(versionFor("app.js"), "5.9.0");
    assert.equal(versionFor("plugins/SomeOtherPlugin/plugin.ts"), "5.9.0");
    assert.equal(versionFor("plugins/sample_plugin/plugin.ts"), "3.3.0");
    for (const file of ["package.json", "plugins/sample_plugin/package.json", "plugins_config.json", "app.js"]) {
      assert.equal(readFileSync(image.at(file), "utf8"), readFileSync(context.at(file), "utf8"), file);
    }
  });

  /** `COPY <source> <target>`, without what .dockerignore names. */
  function copy(rest: string, image: TestFolder): void {
    const [source = "", target = ""] = rest.split(" ");
    cpSync(context.at(source), image.at(target), {
      recursive: true,
      filter: (file) => {
        const name = path.relative(context.path, file).replaceAll("\\", "/");
        return !ignored.some((pattern) =>
          pattern.startsWith("**/") ? path.posix.basename(name) === pattern.slice(3) : name === pattern,
        );
      },
    });
  }

  async function run(command: string, image: TestFolder): Promise<void> {
    const [program, ...args] = command.split(" ");
    assert.equal(program, "npm");
    const env = registry.env();
    const end = await runInstaller({
      program: findInstaller(npmTool, { hostFolder: image.path, env }),
      args,
      folder: image.path,
      env,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      onOutput: () => {},
    });
    assert.deepEqual([end.how, "exitCode" in end && end.exitCode], ["exited", 0], end.lines.join("\n"));
  }
});
