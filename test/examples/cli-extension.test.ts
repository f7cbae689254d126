import assert from "node:assert/strict";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import { runPlugo } from "../cli/run-plugo.ts";
import { exampleFile } from "./example-process.ts";

describe("examples/cli-extension", () => {
  const folder = dirname(exampleFile("cli-extension/package.json"));

  it("has its command in the help", async () => {
    assert.match((await runPlugo(folder, ["--help"])).stdout, /\n {2}hello-world +Say hello to somebody\n/);
  });

  it("runs it", async () => {
    assert.equal((await runPlugo(folder, ["hello-world", "--name", "Ada"])).stdout, "Hello, Ada!\n");
    assert.match((await runPlugo(folder, ["hello-world", "--help"])).stdout, /--name <name>/);
  });
});
