import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { PollingWatcher } from "#src/hot/polling-watcher.js";
import { createFolder, type TestFolder } from "../support/plugin-folder.ts";

/** The paths that a watcher has told of, and a way to wait for some. */
class Heard implements Disposable {
  readonly #paths = new Set<string>();
  readonly #alive = setInterval(() => {}, 60_000);
  #notify: () => void = () => {};

  readonly add = (path: string): void => {
    this.#paths.add(path);
    this.#notify();
  };

  /** Resolves when all of these have been told of; forgets everything then, and gives what it was. */
  async all(...paths: readonly string[]): Promise<ReadonlySet<string>> {
    while (!paths.every((path) => this.#paths.has(path))) {
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
    const heard = new Set(this.#paths);
    this.#paths.clear();
    return heard;
  }

  get size(): number {
    return this.#paths.size;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
  }
}

async function watching(folder: TestFolder, heard: Heard, ...files: readonly string[]): Promise<PollingWatcher> {
  const watcher = new PollingWatcher({ onEvent: heard.add });
  const targets = files.map((file) => ({ path: folder.at(file), kind: "file" }) as const);
  // What was written before does not count.
  await watcher.watch([{ path: folder.at("plugins"), kind: "folder" }, ...targets], Date.now() + 60_000);
  assert.equal(heard.size, 0);
  return watcher;
}

describe("PollingWatcher", () => {
  test("tells of writes, new folders, renames and removals", async () => {
    using folder = createFolder({ "plugins/a/x.ts": "1", "plugins/b/y.ts": "1" });
    using heard = new Heard();
    const watcher = await watching(folder, heard);
    try {
      writeFileSync(folder.at("plugins/a/x.ts"), "2");
      const paths = await heard.all(folder.at("plugins/a/x.ts"));
      assert.ok(!paths.has(folder.at("plugins/b/y.ts")));

      mkdirSync(folder.at("plugins/c/deep"), { recursive: true });
      writeFileSync(folder.at("plugins/c/deep/z.ts"), "1");
      await heard.all(folder.at("plugins/c/deep"), folder.at("plugins/c/deep/z.ts"));

      renameSync(folder.at("plugins/c"), folder.at("plugins/d"));
      await heard.all(folder.at("plugins/c/deep/z.ts"), folder.at("plugins/d/deep/z.ts"));
      writeFileSync(folder.at("plugins/d/deep/z.ts"), "2");
      await heard.all(folder.at("plugins/d/deep/z.ts"));

      rmSync(folder.at("plugins/b"), { recursive: true });
      await heard.all(folder.at("plugins/b"), folder.at("plugins/b/y.ts"));
    } finally {
      watcher.close();
    }
  });

  test("tells of a file of the same size and time that was put in another's place", async () => {
    using folder = createFolder({ "plugins/a/x.ts": "1", "plugins/a/y.ts": "2" });
    using heard = new Heard();
    const watcher = await watching(folder, heard);
    try {
      renameSync(folder.at("plugins/a/y.ts"), folder.at("plugins/a/x.ts"));
      await heard.all(folder.at("plugins/a/x.ts"), folder.at("plugins/a/y.ts"));
    } finally {
      watcher.close();
    }
  });

  test("follows a single file, also while it is not there", async () => {
    using folder = createFolder({ "plugins/a/x.ts": "1", "config.json": "1" });
    using heard = new Heard();
    const watcher = await watching(folder, heard, "config.json");
    try {
      for (const act of [
        () => folder.remove("config.json"),
        () => folder.write({ "config.json": "1" }),
        () => folder.write({ "config.json": "22" }),
      ]) {
        act();
        assert.deepEqual([...(await heard.all(folder.at("config.json")))], [folder.at("config.json")]);
      }
    } finally {
      watcher.close();
    }
  });

  test("tells at once of what was written since the time it is given", async () => {
    using folder = createFolder({ "plugins/a/x.ts": "1" });
    using heard = new Heard();
    const watcher = new PollingWatcher({ onEvent: heard.add });
    await watcher.watch([{ path: folder.at("plugins"), kind: "folder" }], Date.now() - 60_000);
    watcher.close();
    assert.ok((await heard.all()).has(folder.at("plugins/a/x.ts")));
  });

  test("goes on with other targets when it is given some, and no longer with those before", async () => {
    using folder = createFolder({ "plugins/a/x.ts": "1", "others/b/y.ts": "1" });
    using heard = new Heard();
    const watcher = await watching(folder, heard);
    try {
      await watcher.watch([{ path: folder.at("others"), kind: "folder" }], Date.now() + 60_000);
      folder.write({ "plugins/a/x.ts": "2", "others/b/y.ts": "2" });
      assert.deepEqual([...(await heard.all(folder.at("others/b/y.ts")))], [folder.at("others/b/y.ts")]);
    } finally {
      watcher.close();
    }
  });
});
