import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { readHostSettings } from "#src/environments/needs/host-settings.js";
import { requirementsOf, type Requirements } from "#src/environments/needs/requirements.js";
import { isPlugoError, type PlugoError } from "#src/kernel/plugo-error.js";
import { readPackageManifest } from "#src/manifest/read-package-manifest.js";
import { createFolder, type TestFolder } from "../../support/plugin-folder.ts";

/** What comes of a plugin `shop` with this package.json, in an application with this one. */
function resultIn(folder: TestFolder, plugin: object, application: object = {}): Requirements | PlugoError {
  folder.write({ "package.json": application, "plugins/shop/package.json": plugin });
  const settings = readHostSettings(folder.path);
  assert.ok(!isPlugoError(settings), "the settings are not valid");
  const read = readPackageManifest(folder.at("plugins/shop"), "shop");
  assert.ok("manifest" in read);
  return requirementsOf({ name: "shop", folder: folder.at("plugins/shop") }, read.manifest, settings);
}

function result(plugin: object, application: object = {}): Requirements | PlugoError {
  using folder = createFolder();
  return resultIn(folder, plugin, application);
}

function findingsOf(problem: Requirements | PlugoError): readonly string[] {
  assert.ok(isPlugoError(problem));
  assert.equal(problem.code, "PLUGO_DEPENDENCY_REFUSED");
  return problem.message.split("\n  - ").slice(1);
}

describe("requirementsOf", () => {
  test("refuses what comes from elsewhere than the registry and the plugin's folder, each with its place", () => {
    const findings = findingsOf(
      result({
        dependencies: {
          a: "owner/a",
          b: "https://host/b.tgz",
          c: "file:../c",
          d: "workspace:*",
          e: "a b",
          f: "^1",
          g: "file:x",
        },
        optionalDependencies: { h: "git+ssh://host/h" },
        overrides: { i: { j: "github:owner/j", k: "$f", l: "1" } },
      }),
    );
    const expected = [
      /package\.json:3:10 dependencies\.a: "owner\/a" is fetched with git; .*"allowedDependencies": \["a@owner\/a"\]/,
      /:4:10 dependencies\.b: "https:\/\/host\/b\.tgz" is fetched from any address/,
      /:5:10 dependencies\.c: "file:\.\.\/c" is outside the plugin's folder/,
      /:6:10 dependencies\.d: "workspace:" means nothing outside .*"sharedDependencies"/,
      /:7:10 dependencies\.e: "a b" is neither a version range nor/,
      /:12:10 optionalDependencies\.h: /,
      /:16:12 overrides\.i\.j: "github:owner\/j" is fetched with git/,
    ];
    assert.equal(findings.length, expected.length, findings.join("\n"));
    for (const [at, pattern] of expected.entries()) assert.match(findings[at] ?? "", pattern);
  });

  test("takes just what the application allows", () => {
    const plugin = { dependencies: { a: "owner/a#v1", b: "owner/b", c: "file:../c" } };
    const allowed = (...names: string[]): object => ({ plugo: { allowedDependencies: names } });
    assert.equal(findingsOf(result(plugin, allowed("a@owner/a#v1", "b@owner/b#v2"))).length, 2);
    const taken = result(plugin, allowed("a@owner/a#v1", "b@owner/b", "c@file:../c"));
    assert.ok(!isPlugoError(taken) && taken.dependencies.size === 3);
    assert.equal(findingsOf(result({ dependencies: { d: "workspace:*" } }, allowed("d@workspace:*"))).length, 1);
  });

  test("takes a folder of the plugin's own for none when a link leads out of it, or when it is the plugin itself", () => {
    using folder = createFolder({ "outside/package.json": {}, "plugins/shop/inside/package.json": {} });
    symlinkSync(folder.at("outside"), folder.at("plugins/shop/link"), "junction");
    const findings = findingsOf(
      resultIn(folder, { dependencies: { a: "file:./inside", b: "file:./link", c: "file:." } }),
    );
    assert.deepEqual(
      findings.map((finding) => /dependencies\.\w/.exec(finding)?.[0]),
      ["dependencies.b", "dependencies.c"],
    );
  });

  test("leaves to the application what are peers, and what it shares", () => {
    const plugin = {
      dependencies: { react: "^19", express: "^5", lodash: "4" },
      optionalDependencies: { zod: "^4", lodash: "4" },
      peerDependencies: { express: ">=4" },
      peerDependenciesMeta: { express: { optional: true } },
    };
    const taken = result(plugin, { plugo: { sharedDependencies: ["react", "zod"] } });
    assert.ok(!isPlugoError(taken));
    assert.deepEqual([...taken.dependencies], []);
    assert.deepEqual([...taken.optionalDependencies], [["lodash", "4"]]);
    assert.deepEqual(taken.peers, [
      { name: "express", spec: ">=4", isOptional: true, field: "peerDependencies" },
      { name: "react", spec: "^19", isOptional: false, field: "dependencies" },
      { name: "zod", spec: "^4", isOptional: true, field: "optionalDependencies" },
    ]);
  });
});

describe("readHostSettings", () => {
  const settingsOf = (text: string | object | undefined): ReturnType<typeof readHostSettings> => {
    using folder = createFolder(text === undefined ? {} : { "package.json": text });
    return readHostSettings(folder.path);
  };

  test("is empty without a package.json, and without the key", () => {
    for (const text of [undefined, {}, { plugo: "something of another tool" }, { plugo: { commands: {} } }]) {
      const settings = settingsOf(text);
      assert.ok(!isPlugoError(settings));
      assert.equal(settings.sharedDependencies.size + settings.allowedDependencies.size, 0);
    }
  });

  test("says what is wrong, and where", () => {
    for (const [text, finding] of [
      [
        '{ "plugo": {\n "sharedDependencies": "react" } }',
        /:2:24 plugo\.sharedDependencies: must be a list .* "react"/,
      ],
      ['{ "plugo": { "allowedDependencies": [1] } }', /:1:37 plugo\.allowedDependencies: must be a list/],
      ["{", /:1:2 expected/],
    ] as const) {
      const problem = settingsOf(text);
      assert.ok(isPlugoError(problem));
      assert.match(problem.message, finding);
    }
  });
});
