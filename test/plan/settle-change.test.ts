import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { RunningPlugin } from "#src/plan/diff-plan.js";
import { settleChange, type AttemptOutcome } from "#src/plan/settle-change.js";

/** A change of a random set of plugins: `p3` depends only on plugins before it, so there is no cycle. */
interface RandomChange {
  readonly running: Map<string, RunningPlugin>;
  readonly attempts: Map<string, AttemptOutcome>;
  readonly unwanted: Set<string>;
  readonly failing: Set<string>;
}

type Drawn = readonly { readonly dependsOn: readonly number[]; readonly fate: string; readonly wasRunning: boolean }[];

const drawn: fc.Arbitrary<Drawn> = fc.array(
  fc.record({
    dependsOn: fc.array(fc.nat(11), { maxLength: 3 }),
    fate: fc.constantFrom("idle", "idle", "replace", "replace", "fail", "unwanted", "failing"),
    wasRunning: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("settleChange", () => {
  test("ends what failed when what it stands on gives way to a successor, since that stood on what nothing wants", () => {
    const stands = (...dependencies: string[]): RunningPlugin => ({ dependencies, required: dependencies });
    const { swapIn, thrownAway, stop } = settleChange(
      new Map([["middle", { ok: true, dependencies: [] }]]),
      new Map([
        ["base", stands()],
        ["middle", stands("base")],
        ["top", stands("middle")],
      ]),
      { unwanted: new Set(["base"]), failing: new Set(["top"]) },
    );
    assert.deepEqual([swapIn, [...thrownAway], [...stop]], [["middle"], [], ["base", "top"]]);
  });

  test("never leaves a plugin in service that stands on a generation which has left", () => {
    fc.assert(
      fc.property(drawn, (plugins) => {
        const change = toChange(plugins);
        const { swapIn, stop } = settleChange(change.attempts, change.running, change);
        const isIn = new Set(swapIn);
        for (const [name, { required, dependencies }] of change.running) {
          if (isIn.has(name) || stop.has(name)) continue;
          for (const dependency of dependencies) {
            assert.ok(!isIn.has(dependency), `${name} is kept, but ${dependency} is replaced`);
          }
          for (const dependency of required) assert.ok(!stop.has(dependency), `${name} is kept without ${dependency}`);
        }
      }),
    );
  });

  test("puts a plugin in service only with the dependencies that it was activated with", () => {
    fc.assert(
      fc.property(drawn, (plugins) => {
        const change = toChange(plugins);
        const { swapIn, stop } = settleChange(change.attempts, change.running, change);
        const isIn = new Set(swapIn);
        for (const name of swapIn) {
          for (const dependency of change.attempts.get(name)!.dependencies) {
            if (change.attempts.has(dependency)) assert.ok(isIn.has(dependency), `${name} without new ${dependency}`);
            else assert.ok(!stop.has(dependency), `${name} stands on ${dependency}, which stops`);
          }
        }
      }),
    );
  });

  test("says of every attempt that it is put in service, failed, or was thrown away because of a failed one", () => {
    fc.assert(
      fc.property(drawn, (plugins) => {
        const change = toChange(plugins);
        const { swapIn, thrownAway } = settleChange(change.attempts, change.running, change);
        for (const [name, { ok }] of change.attempts) {
          const fates = [!ok, swapIn.includes(name), thrownAway.has(name)].filter(Boolean).length;
          assert.equal(fates, 1, name);
        }
        for (const because of thrownAway.values()) {
          assert.ok(change.failing.has(because) || change.attempts.get(because)?.ok === false, because);
        }
      }),
    );
  });

  test("never lets a fault reach a plugin that it is not connected with", () => {
    fc.assert(
      fc.property(drawn, (plugins) => {
        const change = toChange(plugins);
        const { swapIn } = settleChange(change.attempts, change.running, change);
        const reached = componentOf(
          change,
          [...change.running.keys(), ...change.attempts.keys()].filter(
            (name) => change.failing.has(name) || change.attempts.get(name)?.ok === false,
          ),
        );
        for (const [name, { ok }] of change.attempts) {
          if (ok && !reached.has(name)) assert.ok(swapIn.includes(name), name);
        }
      }),
    );
  });

  test("stops nothing but what is not wanted and what stands on it", () => {
    fc.assert(
      fc.property(drawn, (plugins) => {
        const change = toChange(plugins);
        const { stop, swapIn } = settleChange(change.attempts, change.running, change);
        for (const name of stop) {
          assert.ok(!swapIn.includes(name), `${name} has a successor`);
          const standsOnStopped = change.running.get(name)!.required.some((dependency) => stop.has(dependency));
          assert.ok(change.unwanted.has(name) || standsOnStopped, name);
        }
      }),
    );
  });
});

/** Makes attempts the way a diff does: a running plugin is attempted when something it stands on is. */
function toChange(plugins: Drawn): RandomChange {
  const running = new Map<string, RunningPlugin>();
  const attempts = new Map<string, AttemptOutcome>();
  const unwanted = new Set<string>();
  const failing = new Set<string>();
  plugins.forEach(({ dependsOn, fate, wasRunning }, index) => {
    const name = `p${index}`;
    const wished = [...new Set(dependsOn.filter((other) => other < index).map((other) => `p${other}`))];
    const oldDependencies = wished.filter((dependency) => running.has(dependency));
    if (wasRunning) running.set(name, { dependencies: oldDependencies, required: oldDependencies.slice(1) });
    if (fate === "unwanted") {
      if (wasRunning) unwanted.add(name);
      return;
    }
    if (fate === "failing") {
      if (wasRunning) failing.add(name);
      return;
    }
    // Nothing is activated against what goes, or against what cannot be had.
    const available = wished.filter((other) => attempts.has(other) || (running.has(other) && !unwanted.has(other)));
    const isPulled = available.some((dependency) => attempts.has(dependency));
    if (wasRunning ? fate === "idle" && !isPulled : fate === "idle") return;
    const isBlocked = available.some((dependency) => attempts.get(dependency)?.ok === false);
    const standsOnDoomed = available.some((dependency) => isDoomed(dependency, running, unwanted, attempts));
    if (standsOnDoomed) {
      if (wasRunning) failing.add(name);
      return;
    }
    attempts.set(name, { ok: fate !== "fail" && !isBlocked, dependencies: available });
  });
  return { running, attempts, unwanted, failing };
}

function isDoomed(
  name: string,
  running: ReadonlyMap<string, RunningPlugin>,
  unwanted: ReadonlySet<string>,
  attempts: ReadonlyMap<string, AttemptOutcome>,
): boolean {
  if (unwanted.has(name)) return true;
  if (attempts.has(name)) return false;
  return (running.get(name)?.required ?? []).some((dependency) => isDoomed(dependency, running, unwanted, attempts));
}

/** Everything that the names are connected with through dependencies, old or new, in either direction. */
function componentOf({ running, attempts }: RandomChange, names: readonly string[]): ReadonlySet<string> {
  const edges = [...running, ...attempts].flatMap(([name, { dependencies }]) =>
    dependencies.map((dependency) => [name, dependency] as const),
  );
  const reached = new Set(names);
  for (const name of reached) {
    for (const [from, to] of edges) {
      if (from === name) reached.add(to);
      if (to === name) reached.add(from);
    }
  }
  return reached;
}
