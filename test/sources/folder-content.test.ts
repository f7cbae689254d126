import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { describe, test } from "node:test";
import { changedPaths, noteFolderContent, readFolderContent, readNoted } from "#src/sources/folder-content.js";
import { createOldFolder, readsOf } from "../support/file-reads.ts";

const isSame = (...both: Parameters<typeof changedPaths>): boolean => changedPaths(...both).length === 0;

describe("readFolderContent", () => {
  test("reads only what has been written since the content that is known", async () => {
    using folder = await createOldFolder({ "a.txt": "a", "b/c.txt": "c" });
    const folders = [folder.path];
    const known = readFolderContent(folders);
    assert.deepEqual(
      readsOf(() => assert.ok(isSame(known, readFolderContent(folders, {}, known)))),
      [],
    );
    folder.write({ "a.txt": "A" });
    assert.deepEqual(
      readsOf(() => assert.ok(!isSame(known, readFolderContent(folders, {}, known)))),
      [folder.at("a.txt")],
    );
    folder.write({ "a.txt": "a" });
    assert.ok(isSame(known, readFolderContent(folders, {}, known)));
    utimesSync(folder.at("b/c.txt"), new Date(), new Date());
    assert.ok(isSame(known, readFolderContent(folders, {}, known)));
    folder.write({ "new.txt": "x" });
    assert.ok(!isSame(known, readFolderContent(folders, {}, known)));
  });
});

describe("noteFolderContent", () => {
  test("reads nothing but what is so new that another write might not show", async () => {
    using folder = await createOldFolder({ "a.txt": "a", "b/c.txt": "c" });
    assert.deepEqual(
      readsOf(() => noteFolderContent([folder.path])),
      [],
    );
    folder.write({ "b/c.txt": "C" });
    assert.deepEqual(
      readsOf(() => noteFolderContent([folder.path])),
      [folder.at("b/c.txt")],
    );
  });
});

describe("readNoted", () => {
  test("has the content of the note, and takes what was written since for unlike anything", async () => {
    using folder = await createOldFolder({ "a.txt": "a", "b/c.txt": "c" });
    const folders = [folder.path];
    const noted = noteFolderContent(folders);
    const unwritten = readNoted(noted, folders);
    assert.ok(isSame(unwritten, readFolderContent(folders)));
    folder.write({ "a.txt": "A" });
    const written = readNoted(noted, folders);
    assert.ok(!isSame(written, readFolderContent(folders)));
    folder.write({ "a.txt": "a" });
    assert.ok(!isSame(written, readFolderContent(folders)));
    const notedNew = noteFolderContent(folders);
    folder.write({ "a.txt": "other" });
    const before = readNoted(notedNew, folders);
    assert.ok(!isSame(before, readFolderContent(folders)));
    folder.write({ "a.txt": "a" });
    assert.ok(isSame(before, readFolderContent(folders)));
  });
});
