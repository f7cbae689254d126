import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noPackages } from "#src/environments/provisioner.js";
import { BackgroundProvisions } from "#src/host/background-provisions.js";
import type { Provisioned } from "#src/host/provision-attempts.js";

const provisioned: Provisioned = { result: noPackages, durationMs: 1 };

/** An installation for "shop" that is under way until `end` is called. */
function begin() {
  const ended: string[] = [];
  const installing = new BackgroundProvisions((name) => ended.push(name));
  let end = (): void => {};
  const provision = new Promise<Provisioned>((resolve) => {
    end = () => resolve(provisioned);
  });
  const provisions = new Map<string, Provisioned | Promise<Provisioned>>([
    ["shop", provision],
    ["there", provisioned],
  ]);
  assert.deepEqual([...installing.holdBack(provisions)], ["shop"]);
  assert.deepEqual([...provisions.keys()], ["there"]);
  return { installing, ended, end };
}

describe("BackgroundProvisions", () => {
  test("gives what came of an installation once, when it has ended", async () => {
    const { installing, ended, end } = begin();
    assert.deepEqual([installing.has("shop"), installing.take("shop")], [true, undefined]);
    end();
    await installing.settled();
    assert.deepEqual([ended, installing.has("shop")], [["shop"], false]);
    assert.equal(installing.take("shop"), provisioned);
    assert.equal(installing.take("shop"), undefined);
  });

  test("gives nothing of one during which the plugin's files may have changed, and tells of its end", async () => {
    const { installing, ended, end } = begin();
    installing.outdate("shop");
    end();
    await installing.settled();
    assert.deepEqual([ended, installing.take("shop")], [["shop"], undefined]);
  });
});
