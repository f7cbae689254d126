import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { platform } from "node:os";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PackageManifest } from "#src/manifest/package-manifest.js";
import { readPackageManifest, type PackageManifestResult } from "#src/manifest/read-package-manifest.js";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";

/** The result for a plugin `sample` with this package.json. */
function read(content: string | Uint8Array | object): PackageManifestResult {
  using folder = createFolder({ "package.json": content });
  return readPackageManifest(folder.path, "sample");
}

function manifestOf(content: string | object): PackageManifest {
  const result = read(content);
  if ("manifest" in result) return result.manifest;
  return assert.fail("problem" in result ? result.problem.message : "it is missing");
}

/** The findings, without the folder before `package.json`. */
function findingsIn(result: PackageManifestResult): readonly string[] {
  if (!("problem" in result)) assert.fail("it is valid");
  assert.equal(result.problem.code, "PLUGO_MANIFEST_INVALID");
  assert.equal(result.problem.plugin, "sample");
  const lines = result.problem.message.split("\n  - ").slice(1);
  return lines.map((line) => line.replace(/^\S*(package\.json)/, "$1"));
}

const findingsOf = (content: string | Uint8Array | object): readonly string[] => findingsIn(read(content));

describe("readPackageManifest", () => {
  test("fills in every field of {}", () => {
    const { dependencies, optionalDependencies, peerDependencies, optionalPeers, overrides, text } = manifestOf("{}");
    for (const none of [dependencies, optionalDependencies, peerDependencies, optionalPeers])
      assert.equal(none.size, 0);
    assert.equal(overrides, null);
    assert.equal(text, "{}");
  });

  test("reads the fields that count, in their order, and leaves the others alone", () => {
    const manifest = manifestOf({
      name: 7,
      scripts: ["none of plugo's business"],
      devDependencies: { typescript: 5 },
      dependencies: { zod: " ^4.0.0 ", "@scope/name": "npm:other@1", lodash: "", constructor: "1" },
      optionalDependencies: { sharp: "*" },
      peerDependencies: { express: ">=4", koa: "3" },
      peerDependenciesMeta: { koa: { optional: true }, express: { optional: false }, unheard: {} },
      overrides: { zod: "4.0.1", express: { ".": "5", qs: "6" } },
    });
    assert.deepEqual(
      [...manifest.dependencies],
      [
        ["zod", "^4.0.0"],
        ["@scope/name", "npm:other@1"],
        ["lodash", ""],
        ["constructor", "1"],
      ],
    );
    assert.deepEqual([...manifest.optionalDependencies], [["sharp", "*"]]);
    assert.deepEqual(
      [...manifest.peerDependencies],
      [
        ["express", ">=4"],
        ["koa", "3"],
      ],
    );
    assert.deepEqual([...manifest.optionalPeers], ["koa"]);
    assert.deepEqual(manifest.overrides, { zod: "4.0.1", express: { ".": "5", qs: "6" } });
    assert.ok(Object.isFrozen(manifest) && Object.isFrozen(manifest.overrides?.["express"]));
  });

  test("gathers every fault with its line, column and field", () => {
    const text = `{
  "dependencies": { "../../outside": "1", "zod": 4, "__proto__": "1", "node_modules": "1", "ok": "a\\nb" },
  "optionalDependencies": ["sharp"],
  "peerDependencies": "express",
  "peerDependenciesMeta": { "express": { "optional": "yes" }, "koa": true },
  "overrides": { "zod": { "qs": 1 } }
}`;
    const name = 'must be the name of an npm package, such as "lodash" or "@scope/name", but it is';
    assert.deepEqual(findingsOf(text), [
      `package.json:2:38 dependencies["../../outside"]: ${name} "../../outside"`,
      'package.json:2:50 dependencies.zod: must be a version range such as "^1.2.0", but it is the number 4',
      `package.json:2:66 dependencies.__proto__: ${name} "__proto__"`,
      `package.json:2:87 dependencies.node_modules: ${name} "node_modules"`,
      'package.json:2:98 dependencies.ok: must be a version range on one line, but it is "a\\nb"',
      'package.json:3:27 optionalDependencies: must be an object such as { "lodash": "^4.17.0" }, but it is a list',
      'package.json:4:23 peerDependencies: must be an object such as { "lodash": "^4.17.0" }, but it is "express"',
      'package.json:5:40 peerDependenciesMeta.express: must be an object such as { "optional": true }, but it is an object',
      'package.json:5:70 peerDependenciesMeta.koa: must be an object such as { "optional": true }, but it is the boolean true',
      "package.json:6:33 overrides.zod.qs: must be a version, or an object of overrides, but it is the number 1",
    ]);
  });

  test("says where a text is no JSON object, and names what is no file", () => {
    assert.deepEqual(findingsOf('{ "dependencies": }'), [
      'package.json:1:19 expected a value, found "}" (a comma before "]" is not allowed)',
    ]);
    assert.deepEqual(findingsOf("[]"), ["package.json:1:1 must be a JSON object, but it is an empty list"]);
    assert.match(findingsOf(`{ "overrides": ${'{"a":'.repeat(200)}1${"}".repeat(200)} }`)[0] ?? "", /nested more than/);
    assert.match(findingsOf(`{ "name": "${"x".repeat(1_100_000)}" }`)[0] ?? "", /characters long/);
    using folder = createFolder();
    mkdirSync(folder.at("package.json"));
    assert.deepEqual(findingsIn(readPackageManifest(folder.path, "sample")), ["package.json is a folder, not a file"]);
    folder.write({ file: "" });
    assert.match(findingsIn(readPackageManifest(folder.at("file"), "sample"))[0] ?? "", /cannot be read: ENOTDIR/);
  });

  test("never waits for a pipe, nor reads a device, nor takes a link that leads nowhere for no file", (context) => {
    if (platform() === "win32") return context.diagnostic("Windows has neither in folders");
    const made = (make: (path: string) => void): readonly string[] => {
      using folder: TestFolder = createFolder();
      make(folder.at("package.json"));
      return findingsIn(readPackageManifest(folder.path, "sample"));
    };
    const isNone = "package.json is a pipe, a socket or a device, not a file";
    assert.deepEqual(
      made((path) => execFileSync("mkfifo", [path])),
      [isNone],
    );
    assert.match(made((path) => symlinkSync("/dev/zero", path))[0] ?? "", /it is a device, not a file/);
    assert.deepEqual(
      made((path) => symlinkSync("nowhere", path)),
      ["package.json is a link that leads nowhere"],
    );
  });

  test("takes or explains any JSON, and pollutes nothing", () => {
    const keys = fc.constantFrom("dependencies", "peerDependencies", "peerDependenciesMeta", "overrides", "__proto__");
    const values = fc.dictionary(fc.oneof(fc.constantFrom("__proto__", "constructor", "zod"), fc.string()), fc.json());
    const texts = fc.dictionary(keys, values).map((fields) => {
      const pairs = Object.entries(fields).map(([key, inner]) => {
        const written = Object.entries(inner).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
        return `${JSON.stringify(key)}:{${written.join(",")}}`;
      });
      return `{${pairs.join(",")}}`;
    });
    using folder = createFolder();
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    const check = (text: string): void => {
      folder.write({ "package.json": text });
      const result = readPackageManifest(folder.path, "sample");
      if ("manifest" in result) {
        const { dependencies, peerDependencies } = result.manifest;
        for (const spec of [...dependencies.values(), ...peerDependencies.values()])
          assert.equal(typeof spec, "string");
      } else
        assert.ok(
          findingsIn(result).every((finding) => /^(?:package\.json:\d+:\d+ |and \d+ more)/.test(finding)),
          text,
        );
    };
    fc.assert(fc.property(texts, check), { numRuns: 200, seed: 20_240_501 });
    assert.equal(Object.getOwnPropertyNames(Object.prototype).length, before);
  });

  test("returns the manifest that it had when the text is the same", () => {
    using folder = createFolder({ "package.json": { dependencies: { zod: "4" } } });
    const first = readPackageManifest(folder.path, "sample");
    assert.ok("manifest" in first);
    const again = readPackageManifest(folder.path, "sample", first.manifest);
    assert.ok("manifest" in again && again.manifest === first.manifest);
  });

  test("costs a folder without one below 3 microseconds", () => {
    using folder = createFolder();
    const rounds = Array.from({ length: 20 }, () => {
      const startedAt = performance.now();
      for (let count = 0; count < 500; count += 1) readPackageManifest(folder.path, "sample");
      return ((performance.now() - startedAt) * 1000) / 500;
    });
    const fastest = Math.min(...rounds);
    assert.ok(fastest < 3, `it took ${fastest.toFixed(2)} microseconds`);
  });
});
