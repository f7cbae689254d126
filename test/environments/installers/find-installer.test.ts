import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { bunTool } from "#src/environments/installers/bun-tool.js";
import { findInstaller } from "#src/environments/installers/find-installer.js";
import type { InstallerTool } from "#src/environments/installers/installer-tool.js";
import { npmTool } from "#src/environments/installers/npm-tool.js";
import { pnpmTool } from "#src/environments/installers/pnpm-tool.js";
import { createFolder, type Files, type TestFolder } from "../../support/plugin-folder.ts";

const npm = { "npm/package.json": { name: "npm", version: "11.5.0" }, "npm/bin/npm-cli.js": "" };
const pnpm = {
  "node_modules/pnpm/package.json": { name: "pnpm", version: "10.1.0" },
  "node_modules/pnpm/bin/pnpm.cjs": "",
};

describe("findInstaller", () => {
  it("takes the npm that runs this process before any other", () => {
    using folder = createFolder(npm);
    const found = findInstaller(npmTool, {
      hostFolder: folder.path,
      env: { npm_execpath: folder.at("npm/bin/npm-cli.js") },
    });
    assert.deepEqual(found, {
      command: process.execPath,
      leading: [folder.at("npm/bin/npm-cli.js")],
      identity: "npm@11",
      major: 11,
    });
  });

  it("does not take another package manager that runs this process for npm", () => {
    using folder = createFolder({ "pnpm.cjs": "" });
    const env = { npm_execpath: folder.at("pnpm.cjs"), PATH: process.env["PATH"] };
    assert.match(findInstaller(npmTool, { hostFolder: folder.path, env }).identity, /^npm@\d+$/);
  });

  it("finds what is installed in the application, and runs it with this Node.js", () => {
    using folder = createFolder(pnpm);
    mkdirSync(folder.at("node_modules/.bin"));
    symlinkSync("../pnpm/bin/pnpm.cjs", folder.at("node_modules/.bin/pnpm"));
    const found = findInstaller(pnpmTool, { hostFolder: folder.path, env: {} });
    assert.deepEqual(
      [found.command, found.leading, found.identity],
      [process.execPath, [folder.at("node_modules/pnpm/bin/pnpm.cjs")], "pnpm@10"],
    );
  });

  it("finds what is in PATH, and runs a program by itself", () => {
    using folder = program("bin/bun");
    const env = { PATH: ["/not/there", folder.at("bin")].join(path.delimiter) };
    const found = findInstaller(bunTool, { hostFolder: folder.at("host"), env });
    assert.deepEqual(found, { command: folder.at("bin/bun"), leading: [], identity: "bun", major: 0 });
  });

  it("runs pnpm's script where its own installation has left a placeholder for the program", () => {
    using folder = program("node_modules/pnpm/pnpm", {
      "node_modules/pnpm/package.json": { name: "pnpm", version: "12.4.2" },
      "node_modules/pnpm/bin/pnpm.mjs": "",
    });
    mkdirSync(folder.at("node_modules/.bin"));
    symlinkSync("../pnpm/pnpm", folder.at("node_modules/.bin/pnpm"));
    const found = findInstaller(pnpmTool, { hostFolder: folder.path, env: {} });
    assert.deepEqual([found.leading, found.identity], [[folder.at("node_modules/pnpm/bin/pnpm.mjs")], "pnpm@12"]);
  });

  it("reads on Windows what the .cmd file of npm would run", () => {
    using folder = createFolder({ ...pnpm, "node_modules/.bin/pnpm.cmd": shim("..\\pnpm\\bin\\pnpm.cjs") });
    const found = findInstaller(pnpmTool, { hostFolder: folder.path, env: {}, platform: "win32" });
    assert.deepEqual(
      [found.command, found.leading, found.identity],
      [process.execPath, [folder.at("node_modules/pnpm/bin/pnpm.cjs")], "pnpm@10"],
    );
  });

  it("finds on Windows a bun that npm has installed for all", () => {
    using folder = program("npm/node_modules/bun/bin/bun.exe", {
      "npm/node_modules/bun/package.json": { name: "bun", version: "1.3.0" },
      "npm/bun.cmd": shim("node_modules\\bun\\bin\\bun.exe"),
    });
    // A variable of this name counts on every system, as Windows writes it.
    const env = { Path: folder.at("npm") };
    const found = findInstaller(bunTool, { hostFolder: folder.at("host"), env, platform: "win32" });
    assert.deepEqual(found, {
      command: folder.at("npm/node_modules/bun/bin/bun.exe"),
      leading: [],
      identity: "bun@1",
      major: 1,
    });
  });

  it("takes on Windows no npm that is for other shells", () => {
    using folder = createFolder({
      ...{ "node/npm": "#!/bin/sh", "node/node_modules/npm/bin/npm-cli.js": "" },
      "node/node_modules/npm/package.json": { name: "npm", version: "9.1.0" },
    });
    const candidates = npmTool.candidates({ hostModules: "", path: [folder.at("node")], env: {}, platform: "win32" });
    assert.ok(!candidates.includes(folder.at("node/npm")));
    assert.ok(candidates.includes(folder.at("node/node_modules/npm/bin/npm-cli.js")));
  });

  it("passes over what cannot be run", () => {
    using folder = createFolder({ "bin/bun": "no program", "bin/pnpm/index.js": "" });
    for (const tool of [bunTool, pnpmTool]) assertMissing(tool, folder);
  });

  it("says where it has looked for what is not there", () => {
    using folder = createFolder();
    assert.throws(
      () => findInstaller(pnpmTool, { hostFolder: folder.path, env: { PATH: "" } }),
      (error: { code: string; message: string; remedy: string }) => {
        assert.equal(error.code, "PLUGO_INSTALLER_MISSING");
        assert.equal(error.message, `pnpm was not found: neither in "${folder.at("node_modules")}" nor in PATH.`);
        assert.match(error.remedy, /npm install --save-dev pnpm/);
        return true;
      },
    );
  });
});

/** A .cmd file as npm writes it. */
function shim(target: string): string {
  return `@ECHO off\r\nSETLOCAL\r\nSET dp0=%~dp0\r\n"%_prog%"  "%dp0%\\${target}" %*\r\n`;
}

function program(file: string, files: Files = {}): TestFolder {
  const folder = createFolder({ [file]: "#!/bin/sh\n", ...files });
  chmodSync(folder.at(file), 0o755);
  return folder;
}

function assertMissing(tool: InstallerTool, folder: TestFolder): void {
  const env = { PATH: folder.at("bin") };
  assert.throws(() => findInstaller(tool, { hostFolder: folder.at("host"), env }), { code: "PLUGO_INSTALLER_MISSING" });
}
