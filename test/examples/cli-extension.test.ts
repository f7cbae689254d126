import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import { findInstaller } from "#src/environments/installers/find-installer.js";
import { npmTool } from "#src/environments/installers/npm-tool.js";
import { cleanEnv, runPlugo } from "../cli/run-plugo.ts";
import { exampleFile } from "./example-process.ts";

describe("examples/cli-extension", () => {
  const folder = dirname(exampleFile("cli-extension/package.json"));

  it("has its command in the help", async () => {
    assert.match((await runPlugo(folder, ["--help"])).stdout, /\n {2}hello-world +Say hello to somebody\n/);
  });

  it("runs it as its README says", () => {
    const npm = findInstaller(npmTool, { hostFolder: folder, env: process.env });
    const args = [...npm.leading, "exec", "--offline", "@plugo/node", "--", "hello-world", "--name", "Ada"];
    const { stdout, stderr } = spawnSync(npm.command, args, { cwd: folder, env: cleanEnv(), encoding: "utf8" });
    assert.equal(stdout, "Hello, Ada!\n", stderr);
  });

  it("runs it", async () => {
    assert.equal((await runPlugo(folder, ["hello-world", "--name", "Ada"])).stdout, "Hello, Ada!\n");
    assert.match((await runPlugo(folder, ["hello-world", "--help"])).stdout, /--name <name>/);
  });
});
