import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { frameworks } from "./frameworks.ts";
import type { Control, Outcome } from "./swap-under-load.ts";

const harness = path.join(import.meta.dirname, "swap-under-load.js");

async function measure(framework: string, control: Control, swaps: number): Promise<Outcome> {
  const args = ["--expose-gc", harness, framework, control, String(swaps)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Outcome;
}

describe("a swap under load", () => {
  const swaps = 200;

  for (const { name } of frameworks) {
    test(`of ${name} routes is seen by no request, and leaves no old generation`, async () => {
      const { answers, busySwaps, alive, ...counts } = await measure(name, "none", swaps);
      assert.deepEqual(counts, {
        failed: 0,
        mixed: 0,
        stale: 0,
        afterDispose: 0,
        oldRouteAlive: 0,
        newRouteMissing: 0,
        disposed: swaps,
      });
      assert.ok(answers >= swaps * 40, `only ${answers} answers`);
      assert.equal(busySwaps, swaps);
      assert.ok(alive <= 1, `${alive} old generations are still in memory`);
    });
  }
});

describe("the harness of a swap under load", () => {
  const swaps = 20;

  test("sees that the old one was unloaded before the new one was there", async () => {
    const { failed } = await measure("express", "unload-then-load", swaps);
    assert.ok(failed > 0);
  });

  test("sees that the old routes were taken before the new file was imported", async () => {
    const { failed } = await measure("express", "import-again", swaps);
    assert.ok(failed > 0);
  });

  test("sees routes that were only added", async () => {
    const { stale, oldRouteAlive, afterDispose, alive } = await measure("express", "add-only", swaps);
    assert.ok(stale > 0);
    assert.ok(afterDispose > 0);
    assert.ok(alive > 1);
    assert.equal(oldRouteAlive, swaps);
  });

  test("sees generations that were disposed while they answered", async () => {
    const { afterDispose } = await measure("express", "no-drain", swaps);
    assert.ok(afterDispose > 0);
  });

  test("sees state that two generations share", async () => {
    const { mixed } = await measure("express", "module-state", swaps);
    assert.ok(mixed > 0);
  });
});
