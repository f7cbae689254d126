import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Scope, type UndoFault } from "#src/kernel/scope.js";

describe("Scope", () => {
  test("runs the undos last in, first out, one after the other", async () => {
    const { scope, log } = createScope();
    scope.defer(() => log.push("first"), "first");
    scope.defer(async () => {
      await Promise.resolve();
      log.push("second");
    }, "second");
    scope.defer(() => log.push("third"), "third");
    await scope.dispose();
    assert.deepEqual(log, ["third", "second", "first"]);
  });

  test("runs every undo, and reports each that throws, rejects or hangs", async () => {
    const { scope, log, faults } = createScope(20);
    scope.defer(() => log.push("ran"), "good");
    scope.defer(() => Promise.reject(new Error("rejected")), "rejecting");
    scope.defer(() => new Promise(() => {}), "hanging");
    scope.defer(() => {
      throw new Error("thrown");
    }, "throwing");
    await scope.dispose();
    assert.deepEqual(log, ["ran"]);
    assert.deepEqual(
      faults.map(({ label, kind }) => [label, kind]),
      [
        ["throwing", "threw"],
        ["hanging", "timed out"],
        ["rejecting", "threw"],
      ],
    );
  });

  test("disposes once, however often it is asked", async () => {
    const { scope, log } = createScope();
    scope.defer(() => log.push("undone"), "it");
    await Promise.all([scope.dispose(), scope.dispose()]);
    await scope.dispose();
    assert.deepEqual(log, ["undone"]);
  });

  test("undoes in the same run what an undo adds", async () => {
    const { scope, log } = createScope();
    scope.defer(async () => {
      await Promise.resolve();
      scope.defer(() => log.push("inner"), "inner");
    }, "outer");
    await scope.dispose();
    assert.deepEqual(log, ["inner"]);
  });

  for (const empty of [true, false]) {
    test(`undoes at once what is added after the end of ${empty ? "an empty" : "a used"} scope`, async () => {
      const { scope, log } = createScope();
      if (!empty) scope.defer(() => {}, "something");
      await scope.dispose();
      scope.defer(() => log.push("late"), "late");
      assert.deepEqual(log, ["late"]);
    });
  }
});

function createScope(undoTimeoutMs = 0): { scope: Scope; log: string[]; faults: UndoFault[] } {
  const faults: UndoFault[] = [];
  return { scope: new Scope(undoTimeoutMs, (fault) => faults.push(fault)), log: [], faults };
}
