import assert from "node:assert/strict";
import { describe, mock, test, type TestContext } from "node:test";
import { Bursts } from "#src/hot/bursts.js";

/** Bursts on a clock that only the test moves. */
function onClock(context: TestContext, debounceMs: number): { bursts: Bursts<string>; handedOn: string[][] } {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  context.after(() => mock.timers.reset());
  const handedOn: string[][] = [];
  const bursts = new Bursts<string>(debounceMs, () => void handedOn.push([...bursts.take()]));
  return { bursts, handedOn };
}

describe("Bursts", () => {
  test("hands values on when none has come for a while, each once", (context) => {
    const { bursts, handedOn } = onClock(context, 50);
    bursts.add("a");
    mock.timers.tick(40);
    bursts.add("b");
    bursts.add("a");
    mock.timers.tick(49);
    assert.deepEqual(handedOn, []);
    mock.timers.tick(1);
    assert.deepEqual(handedOn, [["a", "b"]]);
    mock.timers.tick(10_000);
    assert.equal(handedOn.length, 1);
  });

  test("hands on a burst that never pauses a second after its first value, and begins anew", (context) => {
    const { bursts, handedOn } = onClock(context, 50);
    for (let passedMs = 0; passedMs < 2_500; passedMs += 10) {
      bursts.add(String(passedMs));
      mock.timers.tick(10);
    }
    assert.deepEqual(
      handedOn.map((values) => [values[0], values.length]),
      [
        ["0", 100],
        ["1000", 100],
      ],
    );
  });

  test("waits no longer than a second, whatever the pause that it is to wait for", (context) => {
    const { bursts, handedOn } = onClock(context, 5_000);
    bursts.add("a");
    mock.timers.tick(999);
    assert.deepEqual(handedOn, []);
    mock.timers.tick(1);
    assert.deepEqual(handedOn, [["a"]]);
  });

  test("forgets the time of a burst that was taken early", (context) => {
    const { bursts, handedOn } = onClock(context, 50);
    bursts.add("a");
    assert.deepEqual([...bursts.take()], ["a"]);
    mock.timers.tick(990);
    assert.deepEqual(handedOn, []);
    bursts.add("b");
    mock.timers.tick(49);
    assert.deepEqual(handedOn, []);
    mock.timers.tick(1);
    assert.deepEqual(handedOn, [["b"]]);
  });

  test("hands on nothing once it is stopped", (context) => {
    const { bursts, handedOn } = onClock(context, 50);
    bursts.add("a");
    bursts.stop();
    bursts.add("b");
    mock.timers.tick(10_000);
    assert.deepEqual(handedOn, []);
    assert.equal(bursts.take().size, 0);
  });
});
