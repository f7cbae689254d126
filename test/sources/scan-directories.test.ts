import assert from "node:assert/strict";
import { chmodSync, symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import type { PlugoError } from "#src/kernel/plugo-error.js";
import { scanDirectories } from "#src/sources/scan-directories.js";
import type { DirectoryScan } from "#src/sources/source.js";
import { createFolder, type Files, type TestFolder } from "../support/plugin-folder.ts";

function pluginFolder(...names: string[]): TestFolder {
  const files: Files = Object.fromEntries(names.map((name) => [`${name}/metadata.json`, {}]));
  return createFolder(files);
}

function codes(problems: readonly PlugoError[]): readonly string[] {
  return problems.map(({ code }) => code);
}

function problemOf(plugins: DirectoryScan["plugins"], name: string): PlugoError | undefined {
  const manifest = plugins.get(name)?.manifest;
  return manifest instanceof Error ? manifest : undefined;
}

const withPermissions = { skip: process.platform === "win32" || process.getuid?.() === 0 };

describe("scanDirectories", () => {
  test("finds the folders with a metadata.json, by name, with their files", () => {
    using folder = pluginFolder("b", "a", "a-2", "A.1");
    folder.write({ "a/plugin.ts": "", "a/lib/x.ts": "", "README.md": "" });
    const scan = scanDirectories([folder.path]);
    assert.deepEqual([...scan.plugins.keys()], ["A.1", "a", "a-2", "b"]);
    const plugin = scan.plugins.get("a") ?? assert.fail();
    assert.deepEqual(
      { ...plugin, manifest: "name" in plugin.manifest },
      {
        name: "a",
        path: folder.at("a"),
        realPath: folder.at("a"),
        manifest: true,
        hints: [],
      },
    );
    assert.deepEqual([...scan.problems, ...scan.hints], []);
    assert.ok(Object.isFrozen(scan) && Object.isFrozen(plugin));
  });

  test("hints at other folders, and skips tools' folders and names with . or _ silently", () => {
    using folder = createFolder({
      "shared/x.ts": "",
      ".git/x": "",
      ".hidden/metadata.json": {},
      "_notes/x.md": "",
      "__pycache__/x": "",
      "__pycache__/metadata.json": {},
      "node_modules/metadata.json": {},
      "sample.egg-info/metadata.json": {},
    });
    const scan = scanDirectories([folder.path]);
    assert.deepEqual([...scan.plugins], []);
    assert.deepEqual(scan.hints, [`"${folder.at("shared")}" has no metadata.json: no plugin`]);
    assert.equal(scan.otherFolders.get("shared"), folder.at("shared"));
    assert.equal(scan.otherFolders.has("node_modules"), true);
    assert.deepEqual(scan.problems, []);
  });

  test("finds a folder whose name starts with _ and that has a metadata.json", () => {
    using folder = pluginFolder("_aside");
    assert.deepEqual([...scanDirectories([folder.path]).plugins.keys()], ["_aside"]);
  });

  test("keeps a plugin with bad metadata, or a name that no plugin can have, with its problem", () => {
    using folder = pluginFolder("good", "bad name", "größe");
    folder.write({ "broken/metadata.json": "{" });
    const { plugins, problems } = scanDirectories([folder.path]);
    const codeOf = (name: string): unknown => problemOf(plugins, name)?.code;
    assert.equal(codeOf("broken"), "PLUGO_MANIFEST_INVALID");
    assert.equal(codeOf("bad name"), "PLUGO_NAME_INVALID");
    assert.equal(codeOf("größe"), "PLUGO_NAME_INVALID");
    assert.equal(codeOf("good"), undefined);
    assert.deepEqual(problems, []);
  });

  test("lets the first directory win when two have the same name", () => {
    using first = pluginFolder("a", "b");
    using second = pluginFolder("b", "c");
    const scan = scanDirectories([first.path, second.path, first.path]);
    assert.deepEqual([...scan.plugins.keys()], ["a", "b", "c"]);
    assert.equal(scan.plugins.get("b")?.path, first.at("b"));
    assert.deepEqual(codes(scan.problems), ["PLUGO_NAME_DUPLICATE"]);
    assert.ok(scan.problems[0]?.message.includes(second.at("b")));
  });

  test("takes a plugin of the second directory for a bare folder of the first", () => {
    using first = createFolder({ "a/readme.md": "" });
    using second = pluginFolder("a");
    const scan = scanDirectories([first.path, second.path]);
    assert.equal(scan.plugins.get("a")?.path, second.at("a"));
    assert.equal(scan.otherFolders.has("a"), false);
  });

  test("reports two names that differ only by case, across directories too", () => {
    using first = pluginFolder("Sample");
    using second = pluginFolder("sample");
    const scan = scanDirectories([first.path, second.path]);
    assert.deepEqual([...scan.plugins.keys()], ["Sample", "sample"]);
    assert.deepEqual(codes(scan.problems), ["PLUGO_NAME_CASE"]);
    assert.match(scan.problems[0]?.message ?? "", /^"sample" and "Sample" differ only by case/);
  });

  test(
    "follows a linked folder: its name by the link, its real path by the target",
    { skip: process.platform === "win32" },
    () => {
      using target = createFolder({ "metadata.json": { version: "1.0.0" } });
      using folder = pluginFolder("a");
      symlinkSync(target.path, folder.at("linked"));
      const plugin = scanDirectories([folder.path]).plugins.get("linked");
      assert.equal(plugin?.path, folder.at("linked"));
      assert.equal(plugin?.realPath, target.path);
    },
  );

  test("resolves a linked directory", { skip: process.platform === "win32" }, () => {
    using folder = pluginFolder("plugins/a");
    symlinkSync(folder.at("plugins"), folder.at("link"));
    const plugin = scanDirectories([folder.at("link")]).plugins.get("a");
    assert.equal(plugin?.path, folder.at("link/a"));
    assert.equal(plugin?.realPath, folder.at("plugins/a"));
  });

  test("passes over links that lead nowhere, in a circle, or to a file", { skip: process.platform === "win32" }, () => {
    using folder = pluginFolder("a");
    folder.write({ "file.txt": "" });
    symlinkSync(folder.at("nowhere"), folder.at("dangling"));
    symlinkSync(folder.at("circle"), folder.at("circle"));
    symlinkSync(folder.at("file.txt"), folder.at("file"));
    symlinkSync(folder.path, folder.at("a/up"));
    const scan = scanDirectories([folder.path]);
    assert.deepEqual([...scan.plugins.keys()], ["a"]);
    assert.deepEqual([...scan.otherFolders], []);
  });

  test("keeps a folder that cannot be read as a plugin with a problem", withPermissions, () => {
    using folder = pluginFolder("a", "locked", "secret");
    chmodSync(folder.at("locked"), 0o000);
    chmodSync(folder.at("secret/metadata.json"), 0o000);
    const { plugins } = scanDirectories([folder.path]);
    chmodSync(folder.at("locked"), 0o700);
    assert.match(problemOf(plugins, "locked")?.message ?? "", /the folder cannot be read: permission denied/);
    assert.match(problemOf(plugins, "secret")?.message ?? "", /cannot be read: permission denied/);
  });

  test("takes an untouched plugin over as it is, unread", () => {
    using folder = pluginFolder("a", "b");
    folder.write({ "bare/x": "" });
    const before = scanDirectories([folder.path]);
    folder.write({
      "a/metadata.json": { version: "2.0.0" },
      "b/metadata.json": { version: "2.0.0" },
      "bare/metadata.json": {},
    });
    folder.write({ "new/metadata.json": {} });
    const after = scanDirectories([folder.path], before, (name) => name === "a" || name === "new");
    assert.equal(after.plugins.get("b"), before.plugins.get("b"));
    assert.notEqual(after.plugins.get("a"), before.plugins.get("a"));
    assert.deepEqual([...after.plugins.keys()], ["a", "b", "new"]);
  });

  test("reads a plugin that came without a touch, and drops one that is gone", () => {
    using folder = pluginFolder("a", "b");
    const before = scanDirectories([folder.path]);
    folder.write({ "c/metadata.json": {} });
    folder.remove("a");
    assert.deepEqual([...scanDirectories([folder.path], before, () => false).plugins.keys()], ["b", "c"]);
  });

  test("keeps the manifest itself when a touched plugin's text is the same", () => {
    using folder = pluginFolder("a");
    const before = scanDirectories([folder.path]);
    folder.write({ "a/plugin.ts": "" });
    const after = scanDirectories([folder.path], before, () => true);
    assert.equal(after.plugins.get("a")?.manifest, before.plugins.get("a")?.manifest);
  });

  test("hints at unknown fields", () => {
    using folder = createFolder({ "a/metadata.json": { verion: "1" } });
    assert.deepEqual(scanDirectories([folder.path]).plugins.get("a")?.hints, [
      'metadata.json has the unknown field "verion"; did you mean "version"?',
    ]);
  });

  test("throws for a directory that is missing or is a file, and says which", () => {
    using folder = createFolder({ file: "" });
    for (const [path, reason] of [
      ["missing", "it does not exist"],
      ["file", "it is no folder"],
    ] as const) {
      assert.throws(() => scanDirectories([folder.at(path)]), {
        code: "PLUGO_DIRECTORY_UNREADABLE",
        message: `The plugin directory "${folder.at(path)}" cannot be read: ${reason}.`,
      });
    }
  });

  test("is empty without directories", () => {
    assert.equal(scanDirectories([]).plugins.size, 0);
  });
});
