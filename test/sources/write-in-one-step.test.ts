import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { isIgnored } from "#src/sources/ignored-file.js";
import { temporaryBeside, writeInOneStep } from "#src/sources/write-in-one-step.js";
import { createFolder } from "../support/plugin-folder.ts";

describe("writeInOneStep", () => {
  test("makes a file, and replaces one", () => {
    using folder = createFolder();
    writeInOneStep(folder.at("a.txt"), "one");
    writeInOneStep(folder.at("a.txt"), Buffer.from("two"));
    assert.equal(readFileSync(folder.at("a.txt"), "utf8"), "two");
    assert.deepEqual(readdirSync(folder.path), ["a.txt"]);
  });

  test(
    "gives it the permissions that are asked for, whatever the process masks",
    { skip: process.platform === "win32" },
    () => {
      using folder = createFolder();
      writeInOneStep(folder.at("a.txt"), "", 0o666);
      assert.equal(statSync(folder.at("a.txt")).mode & 0o777, 0o666);
    },
  );

  test("leaves what is there, and nothing else, when it cannot be put into its place", () => {
    using folder = createFolder({ "a/inner.txt": "" });
    assert.throws(() => writeInOneStep(folder.at("a"), "text"));
    assert.deepEqual(readdirSync(folder.path), ["a"]);
    assert.deepEqual(readdirSync(folder.at("a")), ["inner.txt"]);
  });
});

describe("temporaryBeside", () => {
  test("is another name each time, one that is never part of a plugin", () => {
    const [one, other] = [temporaryBeside("/x/plugin.ts"), temporaryBeside("/x/plugin.ts")];
    assert.notEqual(one, other);
    assert.ok(isIgnored(one.slice("/x/".length), false), one);
  });
});
