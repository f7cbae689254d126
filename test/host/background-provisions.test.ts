import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noPackages } from "#src/environments/provisioner.js";
import { BackgroundProvisions } from "#src/host/background-provisions.js";
import type { Provisioned } from "#src/host/provision-attempts.js";
import type { PlanEntry } from "#src/plan/plan.js";

const provisioned: Provisioned = { result: noPackages, durationMs: 1 };
/** A plugin without a folder: its `package.json` never changes. */
const shop = { name: "shop", selected: {} } as PlanEntry;
const isShop = (name: string): boolean => name === "shop";

/** An installation for "shop" that is under way until `end` is called. */
function begin() {
  const ended: string[][] = [];
  const installing = new BackgroundProvisions((names) => ended.push([...names].toSorted((a, b) => a.localeCompare(b))));
  let end = (): void => {};
  const provision = new Promise<Provisioned>((resolve) => {
    end = () => resolve(provisioned);
  });
  const provisions = new Map<string, Provisioned | Promise<Provisioned>>([
    ["shop", provision],
    ["there", provisioned],
  ]);
  assert.deepEqual([...installing.holdBack(provisions, new Map([["shop", shop]]))], ["shop"]);
  assert.deepEqual([...provisions.keys()], ["there"]);
  return { installing, ended, end };
}

describe("BackgroundProvisions", () => {
  test("gives what came of an installation once, when it has ended, to a change that touches the plugin", async () => {
    const { installing, ended, end } = begin();
    assert.ok(installing.has("shop"));
    end();
    await installing.settled();
    assert.deepEqual([ended, installing.has("shop")], [[["shop"]], false]);
    assert.equal(installing.takeEnded(() => false).size, 0);
    assert.equal(installing.takeEnded(isShop).get("shop")?.provisioned, provisioned);
    assert.equal(installing.takeEnded(isShop).size, 0);
  });

  test("gives nothing of one during which the plugin's files may have changed, and tells of its end", async () => {
    const { installing, ended, end } = begin();
    assert.equal(installing.takeEnded(isShop).size, 0);
    end();
    await installing.settled();
    assert.deepEqual([ended, installing.takeEnded(isShop).size], [[["shop"]], 0]);
  });

  test("tells of those that wait with a plugin together with it", async () => {
    const { installing, ended, end } = begin();
    installing.addWaiting(["blog"], new Map());
    assert.ok(installing.isAwaiting("blog"));
    end();
    await installing.settled();
    assert.deepEqual([ended, installing.isAwaiting("blog")], [[["blog", "shop"]], false]);
  });
});
