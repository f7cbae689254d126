import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { describe, test } from "node:test";
import { AttemptContent } from "#src/host/attempt-content.js";
import type { PlanEntry } from "#src/plan/plan.js";
import { scanDirectories } from "#src/sources/scan-directories.js";
import { createOldFolder, readsOf } from "../support/file-reads.ts";
import { plugin, type TestFolder } from "../support/plugin-folder.ts";

const files = { ...plugin("a", "broken"), "a/data.bin": "x", "beside/b.ts": "y" };

/** A change that begins now, and the entry of plugin "a". */
function beginChange(folder: TestFolder): { readonly content: AttemptContent; readonly entry: PlanEntry } {
  const scan = scanDirectories([folder.path]);
  const target = { kind: "folder", plugin: scan.plugins.get("a") };
  const entry = { name: "a", selected: { target } } as PlanEntry;
  return { content: new AttemptContent(scan, [], Date.now()), entry };
}

describe("AttemptContent", () => {
  test("reads no file on the way of an attempt, and all of them when it has failed", async () => {
    using folder = await createOldFolder(files);
    const { content, entry } = beginChange(folder);
    assert.deepEqual(
      readsOf(() => content.note(entry)),
      [],
    );
    assert.equal(readsOf(() => void content.attempted(entry)).length, 4);
  });

  test("says that nothing has changed after a touch, and that something has after a write", async () => {
    for (const isNoted of [true, false]) {
      using folder = await createOldFolder(files);
      const { content, entry } = beginChange(folder);
      if (isNoted) content.note(entry);
      const attempted = content.attempted(entry);
      assert.ok(attempted !== undefined);
      const changed = (): readonly string[] => beginChange(folder).content.changedSince(attempted, entry);
      utimesSync(folder.at("a/plugin.ts"), new Date(), new Date());
      assert.deepEqual(changed(), []);
      for (const path of ["a/plugin.ts", "a/data.bin", "beside/b.ts", "a/new.ts"]) {
        folder.write({ [path]: "other" });
        assert.deepEqual(changed(), [folder.at(path)]);
        folder.remove("a/new.ts");
        folder.write({ "a/plugin.ts": "broken", "a/data.bin": "x", "beside/b.ts": "y" });
        assert.deepEqual(changed(), []);
      }
    }
  });

  test("does not know what an attempt was made from that may not have seen what was written meanwhile", async () => {
    using folder = await createOldFolder(files);
    const noted = beginChange(folder);
    noted.content.note(noted.entry);
    const unnoted = beginChange(folder);
    folder.write({ "a/data.bin": "during" });
    assert.equal(unnoted.content.attempted(unnoted.entry), undefined);
    const attempted = noted.content.attempted(noted.entry);
    assert.ok(attempted !== undefined);
    for (const text of ["during", "x"]) {
      folder.write({ "a/data.bin": text });
      assert.deepEqual(beginChange(folder).content.changedSince(attempted, noted.entry), [folder.at("a/data.bin")]);
    }
  });
});
