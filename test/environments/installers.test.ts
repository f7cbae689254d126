import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { createInstaller } from "#src/environments/create-installer.js";
import type { Installer, InstallerName, InstallRequest } from "#src/environments/installer.js";
import { keepLines } from "../support/load.ts";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const repository = path.resolve(import.meta.dirname, "../../..");

/** Each installer, and where a host has it. */
const table: readonly { readonly title: string; readonly name: InstallerName; readonly package?: string }[] = [
  { title: "npm", name: "npm" },
  { title: "pnpm", name: "pnpm" },
  { title: "pnpm 10", name: "pnpm", package: "pnpm-10" },
  { title: "bun", name: "bun" },
];

for (const { title, name, package: aliased } of table) {
  describe(`createInstaller: ${title}`, () => {
    let registry: TestRegistry;
    let host: TestFolder;
    let installer: Installer;

    before(async () => {
      registry = await startRegistry();
      publishAll(registry);
      host = createFolder({ "package.json": { name: "host", version: "1.0.0", private: true } });
      installer = createInstaller(name, { hostFolder: hostWith(aliased), env: process.env });
    });
    after(async () => {
      host[Symbol.dispose]();
      await registry[Symbol.asyncDispose]();
    });

    /** Where a host has the installer: the repository, or a folder where it goes by its usual name. */
    function hostWith(alias: string | undefined): string {
      if (alias === undefined) return repository;
      const bin = path.join(host.path, "node_modules", ".bin");
      mkdirSync(bin, { recursive: true });
      symlinkSync(path.join(repository, "node_modules", alias, "bin", "pnpm.cjs"), path.join(bin, "pnpm"));
      return host.path;
    }

    function environment(dependencies: object, fields: object = {}): TestFolder {
      return createFolder({ "package.json": { name: "env", version: "0.0.0", private: true, dependencies, ...fields } });
    }

    function install(folder: TestFolder, options: Partial<InstallRequest> = {}): Promise<void> {
      return installer.install({
        plugin: "sample",
        folder: folder.path,
        hostFolder: host.path,
        env: registry.env(),
        allowScripts: [],
        frozen: false,
        offline: false,
        timeoutMs: 60_000,
        signal: new AbortController().signal,
        onOutput: () => {},
        logger: keepLines(),
        ...options,
      });
    }

    it("identify says name and major version", () => {
      assert.match(installer.identify(), new RegExp(`^${name}@\\d+$`));
      assert.equal(installer.identify(), installer.identify());
    });

    it("install puts packages and what they need into the folder, and writes the lockfile", async () => {
      using folder = environment({ uses: "^1.0.0", "@open/scoped": "1.0.0" });
      await install(folder);
      assert.equal(versionOf(folder, "uses"), "1.0.0");
      assert.equal(versionOf(folder, "@open/scoped"), "1.0.0");
      assert.equal(versionOf(folder, "base", "uses"), "1.1.0");
      assert.ok(existsSync(folder.at(installer.lockfile)));
    });

    it("install takes the versions that the lockfile has, not newer ones", async () => {
      using folder = environment({ base: "1.0.0" });
      await install(folder);
      const lockfile = readFileSync(folder.at(installer.lockfile), "utf8").replaceAll('"1.0.0"', '"1.0.0"');
      using other = environment({ base: "^1.0.0" });
      other.write({ [installer.lockfile]: widen(lockfile) });
      await install(other);
      assert.equal(versionOf(other, "base"), "1.0.0");
    });
  });
}

function publishAll(registry: TestRegistry): void {
  registry.publish("base", "1.0.0");
  registry.publish("base", "1.1.0");
  registry.publish("uses", "1.0.0", { dependencies: { base: "^1.0.0" } });
  registry.publish("@open/scoped", "1.0.0");
}

/** The lockfile of a range that the exact version in it fits. */
function widen(lockfile: string): string {
  return lockfile
    .replace(/("dependencies": \{\s*"base": )"1\.0\.0"/, '$1"^1.0.0"')
    .replace("specifier: 1.0.0", "specifier: ^1.0.0");
}

/** The version of a package in an environment, as another package of it sees it. */
function versionOf(folder: TestFolder, name: string, seenBy?: string): string | undefined {
  const places = [
    ...(seenBy === undefined ? [] : [path.join(folder.at("node_modules"), seenBy, "node_modules")]),
    folder.at("node_modules"),
    ...(existsSync(folder.at("node_modules/.pnpm")) ? [folder.at("node_modules/.pnpm/node_modules")] : []),
  ];
  for (const place of places) {
    const file = path.join(place, name, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  }
  return undefined;
}
