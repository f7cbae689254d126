import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InstallQueue } from "#src/environments/install-queue.js";

describe("InstallQueue.add", () => {
  test("runs no more tasks than the limit, begins them in order, and goes on after one that fails", async () => {
    const queue = new InstallQueue(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const tasks = [0, 1, 2, 3].map((index) =>
      queue.add(async () => {
        begun.push(index);
        await new Promise<void>((resolve) => (ends[index] = resolve));
        if (index === 0) throw new Error("it fails");
        return index;
      }),
    );
    const failing = assert.rejects(tasks[0]!, /it fails/);
    await Promise.resolve();
    assert.deepEqual(begun, [0, 1]);
    ends[0]!();
    await failing;
    await Promise.resolve();
    assert.deepEqual(begun, [0, 1, 2]);
    ends[2]!();
    assert.equal(await tasks[2], 2);
    ends[3]!();
    ends[1]!();
    assert.deepEqual(await Promise.all(tasks.slice(1)), [1, 2, 3]);
    assert.equal(await queue.add(() => Promise.resolve("later")), "later");
  });
});
