import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { consolidatePluginRequirements, isPlugoError, loadPlugins, type ConsolidateOptions } from "@plugo/node";
import { findInstaller } from "#src/environments/installers/find-installer.js";
import { npmTool } from "#src/environments/installers/npm-tool.js";
import { runInstaller } from "#src/environments/installers/run-installer.js";
import { keepLines } from "../../support/load.ts";
import { createFolder, type TestFolder } from "../../support/plugin-folder.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";

let registry: TestRegistry;
before(async () => {
  registry = await startRegistry();
  // What this user has set must not decide.
  process.env["npm_config_userconfig"] = registry.caches.at("userconfig");
  process.env["npm_config_globalconfig"] = registry.caches.at("globalconfig");
  for (const version of ["3.10.1", "4.17.0", "4.17.21"]) registry.publish("lodash", version);
  registry.publish("shared", "1.2.0", { dependencies: { deep: "^1.0.0" } });
  registry.publish("deep", "1.0.0");
  registry.publish("express", "4.0.0");
  registry.publish("express", "5.0.0");
  registry.publish("limiter", "1.0.0", { peerDependencies: { express: ">=4" } });
  registry.publish("tool", "1.0.0");
  for (const name of ["only-of-app", "only-of-mine", "twice"]) registry.publish(name, "1.0.0");
  registry.publish("twice", "1.1.0");
});
after(() => registry[Symbol.asyncDispose]());

/** An application that has express 5 and lodash 4, at the version of its lockfile; its plugins want others, too. */
function application(): TestFolder {
  const app = {
    name: "app",
    version: "1.0.0",
    type: "module",
    dependencies: { express: "^5.0.0", lodash: "^4.0.0", "only-of-app": "*" },
    devDependencies: { tool: "^1.0.0" },
  };
  const locked = {
    name: "app",
    lockfileVersion: 3,
    packages: {
      "": app,
      "node_modules/express": { version: "5.0.0", resolved: `${registry.url}express/-/express-5.0.0.tgz` },
      "node_modules/lodash": { version: "4.17.0" },
      "node_modules/tool": { version: "1.0.0", dev: true },
    },
  };
  return createFolder({
    "package.json": app,
    "package-lock.json": locked,
    ".npmrc": `registry=${registry.url}\ncache=${registry.caches.at("npm-cache")}\n`,
    "plugins/Old/metadata.json": {},
    "plugins/Old/plugin.js": importing("lodash"),
    "plugins/new/plugin.js": importing("lodash"),
    "plugins/Old/package.json": { dependencies: { lodash: "^3.0.0", shared: "^1.0.0", express: "^4.0.0" } },
    "plugins/local/metadata.json": {},
    "plugins/local/package.json": { dependencies: { mine: "file:./vendor/mine" }, peerDependencies: { express: "*" } },
    "plugins/local/vendor/mine/package.json": {
      name: "mine",
      version: "1.0.0",
      scripts: { x: "x" },
      dependencies: { "only-of-mine": "*" },
    },
    "plugins/local/vendor/mine/index.js": "module.exports = { name: 'mine', its: require('only-of-mine') };",
    "plugins/new/metadata.json": {},
    "plugins/new/package.json": { dependencies: { lodash: "^4.17.0", shared: "^1.2.0", limiter: "^1.0.0" } },
    "plugins/plain/metadata.json": {},
    "plugins/unloaded/metadata.json": {},
    "plugins/unloaded/package.json": { dependencies: { "not-published": "^1.0.0" } },
  });
}

/** The code of a plugin whose API is what it imports. */
function importing(name: string): string {
  return `import imported from "${name}";\nexport function initPlugin() { return imported; }`;
}

const loaded = ["Old", "local", "new", "plain"];

function consolidated(folder: TestFolder, options: Partial<ConsolidateOptions> = {}) {
  return consolidatePluginRequirements({
    pluginDirectory: folder.at("plugins"),
    loadedPlugins: loaded,
    outputFile: folder.at("package-plugins"),
    format: "workspaces",
    strategy: "nest",
    logger: keepLines(),
    ...options,
  });
}

/** Every file of a folder with its text, by its path. */
function filesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.toSorted().map((file) => [path.relative(folder, file).replaceAll("\\", "/"), readFileSync(file, "utf8")]),
  );
}

/** Runs npm in a folder, with this registry. */
async function npm(folder: string, ...args: readonly string[]): Promise<void> {
  const env = registry.env();
  const end = await runInstaller({
    program: findInstaller(npmTool, { hostFolder: folder, env }),
    args,
    folder,
    env,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    onOutput: () => {},
  });
  assert.deepEqual([end.how, "exitCode" in end && end.exitCode], ["exited", 0], end.lines.join("\n"));
}

/** What a file of a plugin gets when it imports a package. */
function packageFor(file: string, name: string): { readonly version: string } & Record<string, unknown> {
  return createRequire(file)(name) as ReturnType<typeof packageFor>;
}

describe("consolidatePluginRequirements as workspaces", () => {
  it("writes what npm ci installs so that each plugin, copied over it, gets its own", async () => {
    using folder = application();
    const files = filesIn(folder.path);
    const { conflicts, outputFile } = await consolidated(folder);
    assert.deepEqual(
      conflicts.map((conflict) => conflict.package),
      ["lodash"],
    );
    const written = filesIn(outputFile);
    assert.deepEqual(Object.keys(written), [
      "package-lock.json",
      "package.json",
      "plugins/Old/package.json",
      "plugins/local/package.json",
      "plugins/local/vendor/mine/package.json",
      "plugins/new/package.json",
    ]);
    for (const [file, text] of Object.entries(written)) {
      assert.doesNotMatch(text, /127\.0\.0\.1|plugo-test|\d{4}-\d\d-\d\dT/, file);
    }
    for (const [file, text] of Object.entries(files)) assert.equal(readFileSync(folder.at(file), "utf8"), text, file);

    // As in an image: the layer of the packages, then the application over it.
    using image = createFolder();
    cpSync(outputFile, image.path, { recursive: true });
    await npm(image.path, "ci", "--omit=dev");
    cpSync(folder.at("plugins"), image.at("plugins"), { recursive: true });
    cpSync(folder.at("package.json"), image.at("package.json"));
    const versionFor = (file: string, name: string): string => packageFor(image.at(file), name).version;
    assert.equal(versionFor("app.js", "express"), "5.0.0");
    assert.equal(versionFor("app.js", "lodash"), "4.17.0");
    assert.equal(versionFor("app.js", "only-of-app"), "1.0.0");
    assert.equal(versionFor("plugins/Old/plugin.ts", "lodash"), "3.10.1");
    assert.equal(versionFor("plugins/Old/plugin.ts", "express"), "4.0.0");
    assert.equal(versionFor("plugins/new/plugin.ts", "lodash"), "4.17.0");
    // The application's own, for what is a peer, and for a plugin that has no package.json.
    assert.equal(packageFor(image.at("plugins/local/plugin.ts"), "express"), packageFor(image.at("app.js"), "express"));
    assert.equal(packageFor(image.at("plugins/plain/plugin.ts"), "lodash"), packageFor(image.at("app.js"), "lodash"));
    assert.equal(
      packageFor(image.at("plugins/Old/x.js"), "shared"),
      packageFor(image.at("plugins/new/x.js"), "shared"),
    );
    assert.deepEqual(packageFor(image.at("plugins/local/plugin.ts"), "mine"), {
      name: "mine",
      its: { name: "only-of-mine", version: "1.0.0" },
    });
    assert.equal(existsSync(image.at("node_modules/tool")), false);

    const options = { pluginDirectory: image.at("plugins"), environments: false, plugins: [], hotReload: false };
    const env = { ENABLED_PLUGINS: "Old,new" };
    image.write({ "plugins_config.json": { plugins: [] } });
    await using host = await loadPlugins({
      ...options,
      env,
      configPath: image.at("plugins_config.json"),
      logger: keepLines(),
    });
    assert.deepEqual(host.report.problems, []);
    assert.deepEqual(
      [host.get("Old"), host.get("new")].map((api) => (api as { version: string }).version),
      ["3.10.1", "4.17.0"],
    );
  });

  it("is byte-identical when it is run again, also when there are newer versions, and follows the application", async () => {
    using folder = application();
    registry.publish("moving", "0.9.0");
    registry.publish("moving", "1.0.0");
    // Of what the application has for development nothing is kept.
    const lockfile = JSON.parse(readFileSync(folder.at("package-lock.json"), "utf8")) as { packages: object };
    Object.assign(lockfile.packages, { "node_modules/moving": { version: "0.9.0", dev: true } });
    folder.write({ "package-lock.json": lockfile });
    folder.write({ "plugins/new/package.json": { dependencies: { moving: "^1.0.0", lodash: "^4.17.0" } } });
    const { outputFile } = await consolidated(folder);
    const first = filesIn(outputFile);
    const { ino } = statSync(outputFile);
    registry.publish("moving", "1.1.0");
    await consolidated(folder);
    assert.deepEqual(filesIn(outputFile), first);
    assert.equal(statSync(outputFile).ino, ino, "what is the same is left alone");
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.endsWith(".tmp")),
      [],
    );

    const lock = readFileSync(folder.at("package-lock.json"), "utf8").replace("4.17.0", "4.17.21");
    folder.write({ "package-lock.json": lock });
    await consolidated(folder);
    const { packages } = JSON.parse(filesIn(outputFile)["package-lock.json"] ?? "") as {
      packages: Record<string, { version: string }>;
    };
    assert.equal(packages["node_modules/lodash"]?.version, "4.17.21");
    assert.equal(packages["node_modules/moving"]?.version, "1.0.0");
  });

  it("installs one version for all where there is one", async () => {
    using folder = application();
    folder.write({
      "plugins/Old/package.json": { dependencies: { twice: "^1.0.0" } },
      "plugins/new/package.json": { dependencies: { twice: "<1.1.0" } },
    });
    const { dependencies, outputFile } = await consolidated(folder, { strategy: "error" });
    assert.equal(dependencies["twice"], "~1.0.0");
    const lock = JSON.parse(filesIn(outputFile)["package-lock.json"] ?? "") as {
      packages: Record<string, { version: string }>;
    };
    const places = Object.entries(lock.packages).filter(([place]) => place.endsWith("node_modules/twice"));
    assert.deepEqual(
      places.map(([place, { version }]) => [place, version]),
      [["node_modules/twice", "1.0.0"]],
    );
  });

  it("installs for all what the highest has won", async () => {
    using folder = application();
    const { outputFile } = await consolidated(folder, { strategy: "highest" });
    const lock = filesIn(outputFile)["package-lock.json"] ?? "";
    assert.match(lock, /"node_modules\/lodash": \{\s*"version": "4\.17\.0"/);
    assert.doesNotMatch(lock, /3\.10\.1/);
  });

  it("replaces no folder that holds something else", async () => {
    using folder = application();
    folder.write({ "package-plugins/precious.txt": "mine" });
    const error: unknown = await consolidated(folder).catch((reason: unknown) => reason);
    assert.ok(isPlugoError(error));
    assert.equal(error.code, "PLUGO_CONSOLIDATE_UNWRITABLE");
    assert.match(error.message, /it holds other files/);
    assert.deepEqual(filesIn(folder.at("package-plugins")), { "precious.txt": "mine" });
  });

  it("says what npm says when a package is not there, and writes nothing", async () => {
    using folder = application();
    const error: unknown = await consolidated(folder, { loadedPlugins: ["unloaded"] }).catch(
      (reason: unknown) => reason,
    );
    assert.ok(isPlugoError(error));
    assert.equal(error.code, "PLUGO_INSTALL_FAILED");
    assert.match(error.message, /npm: E404\).*"not-published"/);
    assert.equal(existsSync(folder.at("package-plugins")), false);
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  it("refuses a folder outside the application, which could not be copied along", async () => {
    using folder = application();
    folder.write({ "plugins/new/package.json": { dependencies: { other: "file:../../../other" } } });
    const error: unknown = await consolidated(folder).catch((reason: unknown) => reason);
    assert.ok(isPlugoError(error));
    assert.equal(error.code, "PLUGO_CONSOLIDATE_OUTSIDE");
    assert.match(error.message, /"other" in ".*other" \(\S+package\.json:3:14\)$/);
  });
});

describe("consolidatePluginRequirements as cyclonedx", () => {
  it("takes the versions of the folder package-plugins beside it", async () => {
    using folder = application();
    registry.publish("drifting", "1.0.0");
    folder.write({ "plugins/new/package.json": { dependencies: { drifting: "^1.0.0" } } });
    await consolidated(folder);
    registry.publish("drifting", "1.1.0");
    await consolidated(folder, { format: "cyclonedx", outputFile: folder.at("bill.json") });
    assert.match(readFileSync(folder.at("bill.json"), "utf8"), /"drifting@1\.0\.0"/);
  });

  it("writes the bill of what workspaces installs, the same each time", async () => {
    using folder = application();
    const options = { format: "cyclonedx", outputFile: folder.at("bill.json") } as const;
    await consolidated(folder, options);
    const text = readFileSync(folder.at("bill.json"), "utf8");
    const bill = JSON.parse(text) as { bomFormat: string; components: { name: string; version: string }[] };
    assert.equal(bill.bomFormat, "CycloneDX");
    const names = bill.components.map(({ name, version }) => `${name}@${version}`);
    for (const name of ["lodash@3.10.1", "lodash@4.17.0", "express@5.0.0", "deep@1.0.0"])
      assert.ok(names.includes(name), name);
    assert.equal(names.includes("tool@1.0.0"), false);
    assert.doesNotMatch(text, /127\.0\.0\.1|plugo-test|\d{4}-\d\d-\d\dT|urn:uuid/);
    await consolidated(folder, options);
    assert.ok(readFileSync(folder.at("bill.json"), "utf8") === text);
  });
});
