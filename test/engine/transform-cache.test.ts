import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { CachedTransform } from "#src/engine/cache-batch.js";
import { Source } from "#src/engine/read-source.js";
import { TransformCache } from "#src/engine/transform-cache.js";
import type { TransformRecord } from "#src/engine/transform-record.js";
import { transformerVersion } from "#src/engine/transform.js";
import { keepLines } from "../support/load.ts";
import { createFolder } from "../support/plugin-folder.ts";
import { createBench, inPlugin } from "./engine-bench.ts";

function record(text: string): TransformRecord {
  return { kind: "esm", flags: 3, linksJson: "[]", code: text, mapsJson: `[${JSON.stringify(text)}]`, loweredBy: "" };
}

function open(cacheFolder: string, logger = keepLines()): TransformCache {
  return new TransformCache({ cacheFolder, logger });
}

/** The file whose transform is looked for, and how it is named. */
function source(name: string | number): Source {
  return new Source(`source ${name}`);
}

function key(name: string | number): { hash: string; variant: string } {
  return { hash: source(name).hash, variant: "ts" };
}

function made(name: string | number, from: TransformRecord): CachedTransform {
  return { content: source(name).content, ...key(name), record: from };
}

function find(cache: TransformCache, name: string | number, withMaps = false): TransformRecord | undefined {
  return cache.find(source(name), "ts", withMaps)?.record;
}

function fill(folder: string, from: number, to: number, size = 10): void {
  const cache = open(folder);
  for (let index = from; index < to; index += 1) cache.add(made(index, record(`code ${index} ${"é".repeat(size)}`)));
  cache.flush([]);
}

function theFile(folder: string): string {
  const names = readdirSync(folder);
  assert.equal(names.length, 1, names.join());
  return join(folder, names[0] ?? "");
}

/** How many of the records are there, each exactly as it was written. */
function count(folder: string, to: number, size = 10): number {
  const cache = open(folder);
  let found = 0;
  for (let index = 0; index < to; index += 1) {
    const read = find(cache, index);
    if (read === undefined) continue;
    assert.equal(read.code, `code ${index} ${"é".repeat(size)}`);
    found += 1;
  }
  return found;
}

describe("TransformCache", () => {
  test("gives back what was added, in this process and in the next", () => {
    using folder = createFolder();
    const written = { ...record("ä😀\u2028"), kind: "commonjs", flags: 511, loweredBy: "0.28.2" } as const;
    const cache = open(folder.path);
    assert.equal(find(cache, "a"), undefined);
    cache.add(made("a", written));
    assert.deepEqual(find(cache, "a"), written);
    cache.flush([]);
    const next = open(folder.path);
    assert.deepEqual(next.find(source("a"), "ts", true), made("a", written));
    assert.deepEqual(next.findByHash(key("a")), made("a", written));
    assert.deepEqual(next.find(source("a"), "ts", false), made("a", { ...written, mapsJson: undefined }));
    assert.equal(next.find(source("a"), "js", false), undefined);
    assert.equal(next.findByHash({ ...key("a"), variant: "js" }), undefined);
  });

  test("reads the file in the first load only, but for maps", () => {
    using folder = createFolder();
    fill(folder.path, 0, 1);
    const cache = open(folder.path);
    cache.flush([]);
    assert.equal(find(cache, 0), undefined);
    assert.notEqual(find(cache, 0, true), undefined);
    assert.notEqual(cache.findByHash(key(0)), undefined);
  });

  test("writes nothing when nothing is new", () => {
    using folder = createFolder();
    fill(folder.path, 0, 3);
    const size = statSync(theFile(folder.path)).size;
    assert.equal(count(folder.path, 3), 3);
    open(folder.path).flush([]);
    assert.equal(statSync(theFile(folder.path)).size, size);
  });

  test("survives damage at any place: what is read is right, and most is read", () => {
    using folder = createFolder();
    for (let batch = 0; batch < 10; batch += 1) fill(folder.path, batch * 10, batch * 10 + 10);
    const file = theFile(folder.path);
    const sound = readFileSync(file);
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let found = 0;
    const rounds = 300;
    for (let round = 0; round < rounds; round += 1) {
      const damaged = Buffer.from(sound);
      for (let bytes = 0; bytes <= round % 4; bytes += 1) damaged[random(damaged.length)] = random(256);
      writeFileSync(file, damaged);
      found += count(folder.path, 100);
    }
    assert.ok(found > rounds * 70, `${found / rounds} of 100 on average`);
    assert.ok(found < rounds * 100, "some damage is noticed");
  });

  test("survives a file that ends anywhere, and what is appended to it", () => {
    using folder = createFolder();
    fill(folder.path, 0, 5);
    const file = theFile(folder.path);
    const sound = readFileSync(file);
    for (let length = 0; length < sound.length; length += 1) {
      truncateSync(file, 0);
      appendFileSync(file, sound.subarray(0, length));
      fill(folder.path, 5, 6);
      const cache = open(folder.path);
      assert.equal(find(cache, 5)?.code, `code 5 ${"é".repeat(10)}`, `cut at ${length}`);
      count(folder.path, 5);
    }
  });

  test("survives a file of something else", () => {
    using folder = createFolder();
    fill(folder.path, 0, 1);
    writeFileSync(theFile(folder.path), Buffer.alloc(5000, 0xf5));
    assert.equal(count(folder.path, 1), 0);
    fill(folder.path, 0, 1);
    assert.equal(count(folder.path, 1), 1);
  });

  test("warns once when the folder cannot be written, and keeps what is in use in memory", () => {
    using folder = createFolder({ file: "in the way" });
    const logger = keepLines();
    const cache = open(folder.at("file/cache"), logger);
    cache.add(made("a", record("a")));
    cache.add(made("old", record("old")));
    cache.flush([key("a")]);
    cache.add(made("b", record("b")));
    cache.flush([key("a"), key("b")]);
    assert.equal(logger.lines.length, 1);
    assert.match(logger.lines[0] ?? "", /^warn The transform cache.*\n.*PLUGO_CACHE_UNWRITABLE/);
    assert.equal(find(cache, "a")?.code, "a");
    assert.equal(find(cache, "b")?.code, "b");
    assert.equal(find(cache, "old"), undefined);
  });

  test("reads a folder that cannot be written", { skip: process.getuid?.() === 0 && "root may write anywhere" }, () => {
    using folder = createFolder();
    fill(folder.path, 0, 1);
    chmodSync(theFile(folder.path), 0o444);
    chmodSync(folder.path, 0o555);
    const logger = keepLines();
    const cache = open(folder.path, logger);
    assert.notEqual(find(cache, 0), undefined);
    cache.flush([]);
    assert.deepEqual(logger.lines, []);
    chmodSync(folder.path, 0o755);
  });

  test("rewrites a big file that is mostly of no use, and keeps what the load used", () => {
    using folder = createFolder();
    const size = 20_000;
    fill(folder.path, 0, 300, size);
    const before = statSync(theFile(folder.path)).size;
    const cache = open(folder.path);
    for (let index = 0; index < 10; index += 1) find(cache, index);
    cache.add(made(300, record(`code 300 ${"é".repeat(size)}`)));
    cache.flush([]);
    assert.ok(statSync(theFile(folder.path)).size < before / 10);
    assert.equal(count(folder.path, 301, size), 11);
  });

  test("leaves a big file alone that is mostly of use", () => {
    using folder = createFolder();
    const size = 20_000;
    fill(folder.path, 0, 300, size);
    const before = statSync(theFile(folder.path)).size;
    const cache = open(folder.path);
    for (let index = 0; index < 290; index += 1) find(cache, index);
    cache.flush([]);
    assert.equal(statSync(theFile(folder.path)).size, before);
  });

  test("rewrites a file of very many batches", () => {
    using folder = createFolder();
    for (let index = 0; index < 260; index += 1) fill(folder.path, index, index + 1);
    const before = statSync(theFile(folder.path)).size;
    const cache = open(folder.path);
    for (let index = 0; index < 260; index += 1) find(cache, index);
    cache.flush([]);
    assert.ok(statSync(theFile(folder.path)).size < before);
    assert.equal(count(folder.path, 260), 260);
  });

  test("holds what two processes write at once", async () => {
    using folder = createFolder();
    const code = (from: number): string => `
      import { contentHash } from ${JSON.stringify(import.meta.resolve("#src/kernel/content-hash.js"))};
      import { TransformCache } from ${JSON.stringify(import.meta.resolve("#src/engine/transform-cache.js"))};
      process.stdin.once("data", () => {
        for (let i = ${from}; i < ${from + 200}; i += 1) {
          const cache = new TransformCache({ cacheFolder: ${JSON.stringify(folder.path)}, logger: console });
          const content = "source " + i;
          const record = { kind: "esm", flags: 3, linksJson: "[]", code: "code " + i + " " + "é".repeat(3000), mapsJson: "[]", loweredBy: "" };
          cache.add({ content, hash: contentHash(content), variant: "ts", record });
          cache.flush([]);
        }
        process.exit(0);
      });
      process.stdout.write("ready");`;
    const children = [0, 200].map((from) =>
      spawn(process.execPath, ["--input-type=module", "-e", code(from)], { stdio: ["pipe", "pipe", "inherit"] }),
    );
    await Promise.all(children.map((child) => once(child.stdout, "data")));
    for (const child of children) child.stdin.write("go");
    await Promise.all(children.map((child) => once(child, "exit")));
    assert.equal(count(folder.path, 400, 3000), 400);
  });

  test("has the version of oxc-transform that package.json pins in its file's name", () => {
    const require = createRequire(import.meta.url);
    assert.equal((require("oxc-transform/package.json") as { version: string }).version, transformerVersion);
    using folder = createFolder();
    fill(folder.path, 0, 1);
    assert.ok(theFile(folder.path).includes(`oxc-${transformerVersion}`));
  });
});

describe("Engine.flush", () => {
  test("lets the next process load without a transform", async () => {
    const files = inPlugin({
      "plugin.ts": "import { b } from './b.ts'; export const a: number = b;",
      "b.ts": "export const b = 1;",
    });
    using bench = createBench(files, { cache: true });
    await bench.load();
    bench.engine.flush();
    const cacheFile = theFile(bench.folder.at("cache"));
    // What is in the cache is what is run.
    const sound = readFileSync(cacheFile);
    const forged = open(bench.folder.at("cache"));
    const hash = (await bench.load()).files.get(bench.folder.at("plugins/p/b.ts")) ?? "";
    const kept = forged.findByHash({ hash, variant: "ts" });
    assert.ok(kept !== undefined && sound.length > 0);
    forged.add({ ...kept, record: { ...kept.record, code: kept.record.code.replace("b = 1", "b = 2") } });
    forged.flush([]);
    const next = createBench({}, { cache: bench.folder.at("cache"), folder: bench.folder });
    assert.equal((await next.load()).namespace["a"], 2);
  });

  test("keeps the first load working when the cache is nowhere or cannot be written", async () => {
    for (const cache of [false, "plugins/p/plugin.ts/x"]) {
      using bench = createBench(inPlugin({ "plugin.ts": "export const a: number = 1;" }));
      const other = createBench(
        {},
        { cache: cache === false ? false : bench.folder.at(String(cache)), folder: bench.folder },
      );
      assert.equal((await other.load()).namespace["a"], 1);
      other.engine.flush();
      assert.equal((await other.load()).namespace["a"], 1);
    }
  });
});
