import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { makeFolder } from "#src/cli/make-folder.js";
import { createFolder } from "../support/plugin-folder.ts";

const files = new Map([
  ["a.txt", Buffer.from("a")],
  ["deep/b.txt", Buffer.from("b")],
]);

describe("makeFolder", () => {
  test("makes the folder with its files, and nothing beside it", async () => {
    using folder = createFolder();
    await makeFolder({ folder: folder.at("x/y/new"), files, force: false });
    assert.deepEqual(readdirSync(folder.path, { recursive: true }).map(String).toSorted(), [
      "x",
      "x/y",
      "x/y/new",
      "x/y/new/a.txt",
      "x/y/new/deep",
      "x/y/new/deep/b.txt",
    ]);
  });

  test("leaves nothing when it fails, not even the folders above", async () => {
    using folder = createFolder({ "there/mine.txt": "" });
    const prepare = async (stage: string): Promise<void> => {
      assert.ok(existsSync(`${stage}/deep/b.txt`));
      throw new Error("no");
    };
    for (const parent of ["there", "x/y"]) {
      await assert.rejects(makeFolder({ folder: folder.at(`${parent}/new`), files, force: false, prepare }), {
        code: "PLUGO_FOLDER_UNWRITABLE",
      });
    }
    assert.deepEqual(readdirSync(folder.path, { recursive: true }).map(String).toSorted(), ["there", "there/mine.txt"]);
  });

  test("leaves nothing when a signal comes, and the process goes on", async () => {
    using folder = createFolder();
    let wasTold = false;
    const prepare = async (_: string, signal: AbortSignal): Promise<void> => {
      const told = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      process.kill(process.pid, "SIGINT");
      // A signal alone does not keep the process alive; what is under way does.
      const alive = setInterval(() => {}, 60_000);
      await told;
      clearInterval(alive);
      wasTold = true;
    };
    await assert.rejects(makeFolder({ folder: folder.at("plugins/new"), files, force: false, prepare }), {
      code: "PLUGO_INTERRUPTED",
    });
    assert.ok(wasTold);
    assert.deepEqual(readdirSync(folder.path), []);
    assert.equal(process.listenerCount("SIGINT"), 0);
  });

  test("keeps what was there when the new one fails with force", async () => {
    using folder = createFolder({ "new/mine.txt": "mine" });
    const prepare = (): Promise<void> => Promise.reject(new Error("no"));
    await assert.rejects(makeFolder({ folder: folder.at("new"), files, force: true, prepare }));
    assert.deepEqual(readdirSync(folder.path, { recursive: true }).map(String).toSorted(), ["new", "new/mine.txt"]);
    assert.equal(readFileSync(folder.at("new/mine.txt"), "utf8"), "mine");
  });
});
