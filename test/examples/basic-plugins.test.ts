import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { exampleFile, ExampleProcess } from "./example-process.ts";

describe("examples/basic-plugins", () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plugo-test-")));
  let output = "";
  let exitCode: unknown;

  before(async () => {
    const env = { TMPDIR: folder, TEMP: folder, TMP: folder };
    await using example = new ExampleProcess([exampleFile("basic-plugins/main.js")], { cwd: folder, env });
    exitCode = await example.end();
    output = example.output;
  });
  after(() => rmSync(folder, { recursive: true }));

  it("ends with exit code 0 and removes the copy it worked on", () => {
    assert.equal(exitCode, 0, output);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name !== ".plugo"),
      [],
    );
  });

  it("loads a folder without a config and says what it loaded", () => {
    assert.match(output, /basic_plugin 1\.0\.0 is active: in the plugin directory/);
  });

  it("shows a reload, a roll back, and a plugin that was added", () => {
    const said = Array.from(output.matchAll(/basic_plugin says: (.*)/g), ([, text]) => text);
    assert.deepEqual(said, ["Hello world!", "Good morning world!", "Good morning world!", "Hello world!"]);
    assert.match(output, /problems: PLUGO_SYNTAX/);
    assert.match(output, /loaded: another_plugin, basic_plugin/);
  });

  it("disposes each generation once", () => {
    const gone = Array.from(output.matchAll(/generation (\d) is gone/g), ([, number]) => number);
    assert.deepEqual(gone, ["1", "2", "4"]);
  });
});
