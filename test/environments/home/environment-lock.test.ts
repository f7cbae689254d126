import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock, type Clock } from "#src/environments/clock.js";
import { EnvironmentLock, type LockOutcome, type LockRequest } from "#src/environments/home/environment-lock.js";
import { thisProcess, type ProcessIdentity } from "#src/environments/home/process-identity.js";
import { createFolder, type TestFolder } from "../../support/plugin-folder.ts";

const never = new AbortController().signal;

/** A clock that goes on by as much as is waited for. */
function fastClock(onWait: (now: number) => void = () => {}): Clock & { beat(): void } {
  let now = 0;
  let beat = (): void => {};
  return {
    now: () => now,
    async wait(ms) {
      now += ms;
      onWait(now);
      await new Promise(setImmediate);
    },
    every(_, call) {
      beat = call;
      return { [Symbol.dispose]: () => (beat = () => {}) };
    },
    beat: () => beat(),
  };
}

function acquire(folder: TestFolder, own: Partial<LockRequest> = {}): Promise<LockOutcome> {
  return EnvironmentLock.acquire({
    ...{ path: folder.at("x.lock"), clock: systemClock, waitLimitMs: 600_000, signal: new AbortController().signal },
    ...{ isNeedless: () => false, onWait: () => {} },
    ...own,
  });
}

async function held(folder: TestFolder, own: Partial<LockRequest> = {}): Promise<EnvironmentLock> {
  const outcome = await acquire(folder, own);
  return outcome.kind === "held" ? outcome.lock : assert.fail(outcome.kind);
}

/** Leaves a lock as a process of this identity would that was killed. */
function leaveLock(folder: TestFolder, owner: ProcessIdentity): string {
  folder.write({ "x.lock/owner.json": { ...owner, token: "abc" } });
  return folder.at("x.lock/owner.json");
}

async function identityOfEnded(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ["--eval", ""], { stdio: "ignore" });
  await once(child, "close");
  return { ...thisProcess(), pid: child.pid ?? 0, startedAt: "1" };
}

const elsewhere: ProcessIdentity = { pid: 1, machine: "elsewhere", startedAt: "1" };

describe("EnvironmentLock", () => {
  test("is held by one at a time, of many that want it, and leaves nothing behind", async () => {
    using folder = createFolder();
    let holding = 0;
    const takeTurn = async (): Promise<void> => {
      const lock = await held(folder);
      assert.equal((holding += 1), 1);
      await new Promise(setImmediate);
      assert.ok(lock.isHeld());
      holding -= 1;
      lock.release();
      assert.ok(!lock.isHeld());
    };
    await Promise.all(Array.from({ length: 12 }, takeTurn));
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("is taken over at once from a process that has ended, by one of many", async () => {
    using folder = createFolder();
    leaveLock(folder, await identityOfEnded());
    let holding = 0;
    const clock = fastClock();
    const takeTurn = async (): Promise<void> => {
      const lock = await held(folder, { clock });
      assert.equal((holding += 1), 1);
      await new Promise(setImmediate);
      holding -= 1;
      lock.release();
    };
    await Promise.all(Array.from({ length: 12 }, takeTurn));
    assert.ok(clock.now() < 10_000);
  });

  test("is taken over from a process whose number another one has now", async (context) => {
    if (platform() !== "linux") return context.diagnostic("only Linux tells when a process began");
    using folder = createFolder();
    const clock = fastClock();
    leaveLock(folder, { ...thisProcess(), startedAt: "1" });
    (await held(folder, { clock })).release();
    assert.equal(clock.now(), 0);
  });

  test("of another machine is waited for while it beats, and for ten seconds after the last beat", async () => {
    using folder = createFolder();
    const file = leaveLock(folder, elsewhere);
    let beats = 0;
    const clock = fastClock((now) => {
      if (now >= 60_000 || now < beats * 2_000) return;
      beats += 1;
      utimesSync(file, beats, beats);
    });
    (await held(folder, { clock })).release();
    assert.ok(beats === 30 && clock.now() >= 68_000 && clock.now() < 71_000, `after ${clock.now()} ms, ${beats} beats`);
  });

  test("without a readable owner is waited for ten seconds", async () => {
    for (const owner of ["{ torn", "{}", '{"pid":-1}', JSON.stringify({ ...elsewhere, token: "../../x" })]) {
      using folder = createFolder({ "x.lock/owner.json": owner, "precious.txt": "" });
      const clock = fastClock();
      (await held(folder, { clock })).release();
      assert.ok(clock.now() >= 10_000 && clock.now() < 11_000);
      assert.ok(existsSync(folder.at("precious.txt")));
    }
    using folder = createFolder({ "x.lock": "a file" });
    (await held(folder, { clock: fastClock() })).release();
  });

  test("of a process that runs is waited for until the limit, and says whose it is", async () => {
    using folder = createFolder();
    const lock = await held(folder);
    const waits: string[] = [];
    const clock = fastClock();
    const beating = { ...clock, wait: (ms: number) => (touch(folder), clock.wait(ms, never)) };
    const outcome = await acquire(folder, {
      clock: beating,
      waitLimitMs: 600_000,
      onWait: (owner) => waits.push(owner),
    });
    assert.equal(outcome.kind, "timed out");
    assert.equal(waits.length, 1);
    assert.match(waits[0] ?? "", new RegExp(`^process ${process.pid} on \\S+$`));
    assert.ok(clock.now() >= 600_000);
    lock.release();
  });

  test("beats while it is held, and not when it has been taken over", async () => {
    using folder = createFolder();
    const clock = fastClock();
    const lock = await held(folder, { clock });
    const file = folder.at("x.lock/owner.json");
    utimesSync(file, 1, 1);
    clock.beat();
    assert.ok(statSync(file).mtimeMs > 1_000_000);
    folder.remove("x.lock");
    const theirs = leaveLock(folder, elsewhere);
    utimesSync(theirs, 1, 1);
    clock.beat();
    assert.equal(statSync(theirs).mtimeMs, 1000);
    assert.ok(!lock.isHeld());
  });

  test("that was taken over takes nothing from the next one when it is released", async () => {
    using folder = createFolder();
    const clock = fastClock();
    const lock = await held(folder, { clock });
    const { token } = JSON.parse(readFileSync(folder.at("x.lock/owner.json"), "utf8")) as { token: string };
    // As another process does that finds it abandoned.
    folder.write({ [`.tmp-broken-${token}/owner.json`]: "{}" });
    folder.remove("x.lock");
    leaveLock(folder, elsewhere);
    await clock.wait(20_000, never);
    lock.release();
    assert.ok(existsSync(folder.at("x.lock")));
    assert.ok(existsSync(folder.at(join(`.tmp-broken-${token}`, "owner.json"))));
  });

  test("is given up when it is needless or aborted", async () => {
    using folder = createFolder();
    const lock = await held(folder);
    let looks = 0;
    const outcome = await acquire(folder, { isNeedless: () => (looks += 1) > 3 });
    assert.equal(outcome.kind, "needless");
    const aborting = new AbortController();
    const waiting = acquire(folder, { signal: aborting.signal });
    aborting.abort();
    assert.equal((await waiting).kind, "aborted");
    lock.release();
  });
});

function touch(folder: TestFolder): void {
  const { mtimeMs } = statSync(folder.at("x.lock/owner.json"));
  utimesSync(folder.at("x.lock/owner.json"), mtimeMs / 1000 + 1, mtimeMs / 1000 + 1);
}
