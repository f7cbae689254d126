import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { entryHint, entryNames, resolveEntry } from "#src/engine/resolve-entry.js";
import { isPlugoError, type PlugoError } from "#src/kernel/plugo-error.js";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";

function resolveIn(folder: TestFolder, entry: string | null = null): string | PlugoError {
  const found = resolveEntry("shown/p", folder.at("p"), entry);
  return isPlugoError(found) ? found : found.path;
}

function missing(result: string | PlugoError): PlugoError {
  assert.ok(isPlugoError(result));
  assert.equal(result.code, "PLUGO_ENTRY_MISSING");
  return result;
}

describe("resolveEntry", () => {
  for (const [index, name] of entryNames.entries()) {
    test(`takes ${name} before those after it`, () => {
      using folder = createFolder(Object.fromEntries(entryNames.slice(index).map((file) => [`p/${file}`, ""])));
      assert.equal(resolveIn(folder), folder.at(`p/${name}`));
    });
  }

  test("does not take a folder for an entry", () => {
    using folder = createFolder({ "p/plugin.ts/x": "", "p/plugin.cjs": "" });
    assert.equal(resolveIn(folder), folder.at("p/plugin.cjs"));
  });

  test("says what to create, what a Python plugin has to become, and what is not a file", () => {
    for (const [files, pattern] of [
      [{ "p/x": "" }, /Create "shown\/p\/plugin\.ts"/],
      [{ "p/plugin.py": "" }, /Rewrite "shown\/p\/plugin\.py" as "shown\/p\/plugin\.ts"/],
      [{ "p/plugin.ts/x": "" }, /Replace "shown\/p\/plugin\.ts", which is no file/],
      [{ "p/Plugin.TS": "" }, /Rename the entry file to "plugin\.ts"/],
    ] as const) {
      using folder = createFolder(files);
      const error = missing(resolveIn(folder));
      assert.match(error.remedy, pattern);
      assert.match(error.message, /plugin\.ts.* or plugin\.cjs/);
    }
  });

  test("takes the file that the metadata names", () => {
    using folder = createFolder({ "p/src/main.ts": "", "p/plugin.ts": "" });
    assert.equal(resolveIn(folder, "src/main.ts"), folder.at("p/src/main.ts"));
    assert.equal(resolveIn(folder, "./src/../src/main.ts"), folder.at("p/src/main.ts"));
    assert.match(missing(resolveIn(folder, "src/gone.ts")).message, /no file src\/gone\.ts/);
    assert.match(missing(resolveIn(folder, "src")).message, /no file src/);
  });

  test("refuses an entry outside the folder, also through a link", () => {
    using folder = createFolder({ "p/metadata.json": {}, "outside/x.ts": "", "outside/plugin.ts": "" });
    symlinkSync(folder.at("outside"), folder.at("p/linked"), "junction");
    for (const entry of ["../outside/x.ts", folder.at("outside/x.ts"), "linked/x.ts", "..", ""]) {
      assert.match(missing(resolveIn(folder, entry)).message, /leads out of the folder|no file/, entry);
    }
    symlinkSync(folder.at("outside/plugin.ts"), folder.at("p/plugin.ts"), "file");
    assert.match(missing(resolveIn(folder)).message, /leads out of the folder/);
  });

  test("takes a link to a file inside the folder by its real path", () => {
    using folder = createFolder({ "p/src/main.ts": "" });
    mkdirSync(folder.at("q"));
    symlinkSync(folder.at("p/src/main.ts"), folder.at("p/plugin.ts"), "file");
    assert.equal(resolveIn(folder), folder.at("p/src/main.ts"));
  });
});

describe("entryHint", () => {
  test("names a built copy beside the entry, and nothing else", () => {
    using folder = createFolder({ "p/plugin.ts": "", "p/plugin.cjs": "", "q/plugin.mts": "", "q/plugin.mjs": "" });
    assert.equal(entryHint(folder.at("p/plugin.ts")), undefined);
    assert.equal(entryHint(folder.at("q/plugin.mts")), "plugin.mts is used, plugin.mjs beside it is not");
    assert.equal(entryHint(folder.at("q/plugin.mjs")), undefined);
  });
});
