import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createArena, problemOf, provisionOf, type Arena } from "../arena.ts";
import { manyFiles } from "../copying-installer.ts";
import { Provisioning } from "./provisioning.ts";

const fileCount = 200;
const packages = { "big@1.0.0": manyFiles(fileCount), "small@1.0.0": {} };
const plugin = { dependencies: { big: "1", small: "1" } };

function arenaWith(...names: readonly string[]): Arena {
  return createArena(packages, Object.fromEntries(names.map((name) => [`plugins/${name}/package.json`, plugin])));
}

/** Fails unless the environment has every file. */
function assertComplete(environment: string | undefined): void {
  assert.ok(environment !== undefined);
  assert.equal(readdirSync(join(environment, "node_modules/big/lib")).length, fileCount);
  assert.ok(existsSync(join(environment, "node_modules/small/index.js")));
  assert.ok(existsSync(join(environment, ".plugo-env.json")));
}

/** What is in the home beside environments, but for the names of abandoned locks, which are kept for a minute. */
function leftIn(arena: Arena): readonly string[] {
  return readdirSync(arena.home).filter((name) => /^\.(?!leases$|tmp-broken-)|\.lock$/.test(name));
}

/** How long an installation takes that nobody disturbs, in milliseconds. */
async function timeToInstall(arena: Arena, version: string): Promise<number> {
  await using whole = new Provisioning(arena, version, ["shop"]);
  await whole.fact("ready");
  const startedAt = performance.now();
  whole.begin();
  await whole.results();
  return performance.now() - startedAt;
}

function startMany(
  count: number,
  arena: Arena,
  plugins: readonly string[],
): AsyncDisposable & { readonly processes: readonly Provisioning[] } {
  const processes = Array.from({ length: count }, () => new Provisioning(arena, "1.0.0", plugins));
  return {
    processes,
    [Symbol.asyncDispose]: async () => void (await Promise.all(processes.map((each) => each[Symbol.asyncDispose]()))),
  };
}

describe("several processes", () => {
  test("that start at once install each environment once, and all get it", async () => {
    using arena = arenaWith("one", "two");
    await using started = startMany(8, arena, ["one", "two"]);
    const { processes } = started;
    await Promise.all(processes.map((each) => each.fact("ready")));
    for (const each of processes) each.begin();
    const results = (await Promise.all(processes.map((each) => each.results()))).flat();
    assert.equal(results.length, 16);
    for (const { environment, loaded } of results) {
      assert.equal(loaded, "big@1.0.0");
      assertComplete(environment);
    }
    assert.deepEqual(arena.registry.installations().toSorted(), ["one", "two"]);
    assert.deepEqual(leftIn(arena), []);
  });

  test("that wait for one that is killed go on at once, and one of them installs", async () => {
    using arena = arenaWith("shop");
    await using owner = new Provisioning(arena, "1.0.0", ["shop"]);
    await owner.fact("ready");
    owner.begin();
    await owner.fact("output");
    // So that it is still at it when the others come.
    owner.signal("SIGSTOP");
    await using started = startMany(3, arena, ["shop"]);
    const waiting = started.processes;
    await Promise.all(waiting.map((each) => each.fact("ready")));
    for (const each of waiting) each.begin();
    await Promise.all(waiting.map((each) => each.fact("waiting")));
    const startedAt = performance.now();
    await owner.kill();
    const results = (await Promise.all(waiting.map((each) => each.results()))).flat();
    for (const { environment } of results) assertComplete(environment);
    assert.equal(arena.registry.installations().length, 2);
    // The ten seconds are for other machines only.
    assert.ok(performance.now() - startedAt < 9_000);
  });
});

describe("kill -9", () => {
  test("at any moment of an installation leaves a start that completes", async (context) => {
    using arena = arenaWith("shop");
    const random = createRandom(20_240_501);
    const rounds = 36;
    const wholeMs = await timeToInstall(arena, "1.0.0");
    let killedBefore = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const version = `1.0.${round}`;
      await using first = new Provisioning(arena, version, ["shop"]);
      await first.fact("ready");
      first.begin();
      // From before the lock is made until after the environment is there.
      const delayMs = random() * wholeMs * 1.5;
      await new Promise((resolve) => {
        setTimeout(resolve, delayMs);
      });
      await first.kill();
      const environments = (): string[] =>
        readdirSync(arena.home).filter((name) => name.startsWith(`shop-${version}-`));
      const whole = existsSync(arena.home) ? environments().filter((name) => !name.endsWith(".lock")) : [];
      for (const name of whole) assertComplete(join(arena.home, name));
      if (whole.length === 0) killedBefore += 1;

      await using next = new Provisioning(arena, version, ["shop"]);
      await next.fact("ready");
      next.begin();
      const [result] = await next.results();
      assert.equal(result?.loaded, "big@1.0.0", `after ${delayMs} ms in round ${round}`);
      assertComplete(result.environment);
    }
    context.diagnostic(`${killedBefore} of ${rounds} were killed before their environment was there`);
    assert.ok(killedBefore >= rounds / 4);
    // What the killed left behind, the next installations removed: but for what their installers still wrote then.
    assert.ok(leftIn(arena).length <= 3, leftIn(arena).join(" "));
  });
});

describe("a full disk", () => {
  test("is one error, leaves nothing behind, and the next start installs when there is room", async (context) => {
    using arena = arenaWith("shop");
    const disk = arena.app.at(".plugo");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      return context.diagnostic("no small disk can be mounted here: nothing was tested");
    }
    try {
      const fill = join(disk, "fill");
      fillUp(fill);
      const atOnce = await problemOf(arena.provisioner(), arena.plugin("shop"));
      assert.equal(atOnce.code, "PLUGO_ENVIRONMENT_UNWRITABLE");
      assert.match(atOnce.message, /no space is left/);
      // Room to begin with, not to end: 200 files take a page each.
      writeFileSync(fill, Buffer.alloc(3_800_000));
      const during = await problemOf(arena.provisioner(), arena.plugin("shop"));
      assert.match(during.message, /ENOSPC/);
      assert.deepEqual(leftIn(arena), []);
      rmSync(fill);
      const { environment } = await provisionOf(arena.provisioner(), arena.plugin("shop"));
      assertComplete(environment ?? undefined);
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  });
});

describe("a read-only home", () => {
  test("serves what is there, and is one error for what is not", async (context) => {
    using arena = createArena(packages, {
      "plugins/shop/package.json": plugin,
      "plugins/late/package.json": { dependencies: { big: "1" } },
    });
    const { environment } = await provisionOf(arena.provisioner(), arena.plugin("shop"));
    if (platform() === "win32" || process.getuid?.() !== 0) {
      return context.diagnostic("without root, no other user can be asked: nothing was tested");
    }
    for (const folder of [arena.app.path, arena.registry.path]) chmodSync(folder, 0o755);
    await using other = new Provisioning(arena, "1.0.0", ["shop", "late"], { uid: 65_534, gid: 65_534 });
    await other.fact("ready");
    other.begin();
    const [shop, late] = await other.results();
    assert.equal(shop?.environment, environment);
    assert.equal(late?.code, "PLUGO_ENVIRONMENT_UNWRITABLE");
    assert.match(late?.message ?? "", /permission denied/);
    const warnings = other.facts.filter(({ kind }) => kind === "warning");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.message ?? "", /plugins.shop.node_modules.*permission denied[^]*PLUGO_LINK_UNWRITABLE/);
    assert.equal(lstatSync(arena.app.at("plugins/shop/node_modules"), { throwIfNoEntry: false }), undefined);
  });
});

describe("an owner that is stopped", () => {
  test("and taken for dead takes over what the next one made when it goes on", async () => {
    using arena = arenaWith("shop");
    await using owner = new Provisioning(arena, "1.0.0", ["shop"]);
    await owner.fact("ready");
    owner.begin();
    await owner.fact("output");
    owner.signal("SIGSTOP");
    // A minute, on a clock that runs fast.
    let now = 0;
    const clock = {
      now: () => now,
      async wait(ms: number) {
        now += ms * 20;
        await new Promise(setImmediate);
      },
      every: () => ({ [Symbol.dispose]: () => {} }),
    };
    const { environment } = await provisionOf(arena.provisioner({ clock }), arena.plugin("shop"));
    assertComplete(environment ?? undefined);
    owner.signal("SIGCONT");
    const [result] = await owner.results();
    assert.equal(result?.environment, environment);
    assert.equal(arena.registry.installations().length, 2);
  });
});

/** Writes until there is no room. */
function fillUp(file: string): void {
  try {
    for (let size = 100_000; ; size += 100_000) writeFileSync(file, Buffer.alloc(size));
  } catch {
    // It is full; a page may be left, which a longer name of a file does not need.
    assert.throws(() => writeFileSync(`${file}.more`, Buffer.alloc(100_000)), { code: "ENOSPC" });
  }
}

/** Numbers from 0 to 1, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
