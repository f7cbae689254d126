import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "#src/environments/clock.js";
import { Lease } from "#src/environments/home/lease.js";
import { thisProcess } from "#src/environments/home/process-identity.js";
import { pruneEnvironments, type PrunedFolder } from "#src/environments/home/prune-environments.js";
import { temporaryName } from "#src/environments/home/temporary-name.js";
import { createArena, provisionOf, type Arena } from "../arena.ts";
import { Provisioning } from "../isolated/provisioning.ts";

const packages = { "big@1.0.0": {}, "big@2.0.0": {} };
const never = new AbortController().signal;
const prune = ({ home }: Arena, keep: readonly string[] = []): Promise<readonly PrunedFolder[]> =>
  pruneEnvironments({ home, keep, clock: systemClock, signal: never });

/** Two environments of processes that have ended: one that the plugin links to, and the one before it. */
async function withTwoEnvironments(): Promise<Arena & { readonly old: string; readonly current: string }> {
  const arena = createArena(packages, {});
  const environments: string[] = [];
  for (const big of ["1", "2"]) {
    arena.app.write({ "plugins/shop/package.json": { dependencies: { big } } });
    await using other = new Provisioning(arena, "1.0.0", ["shop"]);
    await other.fact("ready");
    other.begin();
    const [result] = await other.results();
    environments.push(result?.environment ?? assert.fail());
  }
  const [old = "", current = ""] = environments;
  return Object.assign(arena, { old, current });
}

describe("pruneEnvironments", () => {
  test("removes what nothing refers to, says how much that was, and keeps what a plugin links to", async () => {
    using arena = await withTwoEnvironments();
    const removed = await prune(arena);
    assert.deepEqual(
      removed.map(({ path }) => path),
      [arena.old],
    );
    assert.ok((removed[0]?.bytes ?? 0) > 100);
    assert.ok(!existsSync(arena.old) && existsSync(arena.current));
    assert.deepEqual(readdirSync(arena.home).toSorted(), [".leases", basename(arena.current)].toSorted());
    assert.deepEqual(await prune(arena), []);
  });

  test("removes nothing more when it is aborted", async () => {
    using arena = await withTwoEnvironments();
    const request = { home: arena.home, keep: [], clock: systemClock, signal: AbortSignal.abort() };
    assert.deepEqual(await pruneEnvironments(request), []);
    assert.ok(existsSync(arena.old));
  });

  test("keeps what it is told to, and removes what a deleted plugin linked to", async () => {
    using arena = await withTwoEnvironments();
    assert.deepEqual(await prune(arena, [arena.old]), []);
    rmSync(arena.app.at("plugins/shop"), { recursive: true });
    assert.equal((await prune(arena)).length, 2);
  });

  test("keeps what is linked to when the application was moved", async () => {
    using arena = await withTwoEnvironments();
    mkdirSync(arena.app.at("moved"));
    for (const name of ["plugins", ".plugo"]) renameSync(arena.app.at(name), arena.app.at(`moved/${name}`));
    const home = arena.app.at("moved/.plugo/venvs");
    const removed = await pruneEnvironments({ home, keep: [], clock: systemClock, signal: never });
    assert.equal(removed.length, 1);
  });

  test("keeps what another process uses, until that ends", async () => {
    using arena = await withTwoEnvironments();
    rmSync(arena.app.at("plugins/shop/node_modules"));
    {
      await using other = new Provisioning(arena, "1.0.0", ["shop"]);
      await other.fact("ready");
      other.begin();
      await other.results();
      rmSync(arena.app.at("plugins/shop/node_modules"));
      assert.deepEqual(
        (await prune(arena)).map(({ path }) => path),
        [arena.old],
      );
      await other.kill();
    }
    assert.deepEqual(
      (await prune(arena)).map(({ path }) => path),
      [arena.current],
    );
    assert.deepEqual(readdirSync(arena.app.at(".plugo/venvs/.leases")), []);
  });

  test("keeps what a process uses that found no environments, or whose folder of them was removed meanwhile", async () => {
    using arena = createArena(packages, { "plugins/shop/package.json": { dependencies: { big: "1" } } });
    const provisioner = arena.provisioner();
    for (const when of ["at first", "afterwards"]) {
      // Nothing links to it.
      const { environment } = await provisionOf(provisioner, arena.plugin("shop"));
      assert.deepEqual(await prune(arena), [], when);
      assert.ok(existsSync(environment ?? ""), when);
      rmSync(arena.app.at(".plugo"), { recursive: true });
    }
  });

  test("keeps what a process took into use in the last moment, which finds it", async () => {
    using arena = await withTwoEnvironments();
    rmSync(arena.app.at("plugins/shop/node_modules"));
    const lease = new Lease(arena.home);
    // Between the look at the leases and the rename.
    const clock = {
      ...systemClock,
      every: (ms: number, call: () => void) => (lease.add([arena.current]), systemClock.every(ms, call)),
    };
    const removed = await pruneEnvironments({ home: arena.home, keep: [], clock, signal: never });
    assert.deepEqual(
      removed.map(({ path }) => path),
      [arena.old],
    );
    assert.ok(existsSync(arena.current));
    const { environment } = await provisionOf(arena.provisioner(), arena.plugin("shop"));
    assert.equal(environment, arena.current);
    assert.equal(arena.registry.installations().length, 2);
  });

  test("keeps what is being made, and removes what processes left that have ended", async () => {
    using arena = await withTwoEnvironments();
    const ended = { ...thisProcess(), pid: 2 ** 22 + 1, startedAt: "1" };
    const { pid } = thisProcess();
    const staging = stagingNames();
    arena.app.write({
      ".plugo/venvs/gone-1.0.0-0123456789ab.lock/owner.json": { ...ended, token: "aa" },
      ".plugo/venvs/busy-1.0.0-0123456789ab/x": "",
      ".plugo/venvs/busy-1.0.0-0123456789ab.lock/owner.json": { ...thisProcess(), token: "bb" },
      [`.plugo/venvs/${staging(ended.pid)}/x`]: "left",
      [`.plugo/venvs/${staging(pid)}/x`]: "own",
      ".plugo/venvs/.replaced-00-shop-9/x": "",
    });
    const removed = (await prune(arena)).map(({ path }) => basename(path));
    assert.deepEqual(removed.toSorted(), [basename(arena.old), staging(ended.pid), ".replaced-00-shop-9"].toSorted());
    const left = readdirSync(arena.home).filter((name) => !name.startsWith(".tmp-broken-"));
    assert.ok(left.includes("busy-1.0.0-0123456789ab") && left.includes("busy-1.0.0-0123456789ab.lock"));
    assert.ok(!left.includes("gone-1.0.0-0123456789ab.lock"));
    assert.ok(statSync(arena.current).isDirectory());
  });

  test("has nothing to do where there is nothing", async () => {
    using arena = createArena(packages, {});
    assert.deepEqual(await prune(arena), []);
    assert.ok(!existsSync(arena.home));
  });
});

/** Names of staging folders of this machine, by process. */
function stagingNames(): (pid: number) => string {
  const own = temporaryName("staging");
  return (pid) => own.replace(`-${process.pid}-`, `-${pid}-`);
}
