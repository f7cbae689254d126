import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRegistry } from "@plugo/node";
import { codes, keepLines, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin, tracingPlugin } from "../support/plugin-folder.ts";

const failing = `export function initPlugin() { throw new Error("no"); }`;
const failingLate = `export async function initPlugin() { await new Promise(setImmediate); throw new Error("no"); }`;

describe("a change", () => {
  test("puts nothing in service whose initPlugin was not called", async () => {
    const log: string[] = [];
    using folder = createFolder({
      ...plugin("d", tracingPlugin("d1")),
      ...plugin("r", tracingPlugin("r1"), { dependencies: ["d"] }),
    });
    await using host = await loadFrom(folder, { context: { log } });
    folder.write({
      ...plugin("d", tracingPlugin("d2")),
      ...plugin("n", failingLate, { dependencies: ["d"] }),
      ...plugin("m", tracingPlugin("m"), { dependencies: ["n"] }),
      ...plugin("r", failing, { dependencies: ["d"] }),
      ...plugin("z", tracingPlugin("z")),
    });
    await host.reload();
    assert.deepEqual(phases(host), { d: "active", m: "blocked", n: "failed", r: "active", z: "active" });
    assert.ok(!log.includes("init m"));
    assert.deepEqual([...host.loaded], ["d", "r", "z"]);
  });

  test("leaves a plugin alone that keeps its generation though an optional dependency ends", async () => {
    const log: string[] = [];
    const user = `export function initPlugin({ log }: any, plugin: any) {
      if (plugin.generation > 1) throw new Error("no");
      plugin.defer(() => log.push("undo user"));
      return plugin;
    }`;
    using folder = createFolder({
      ...plugin("extra", tracingPlugin("extra")),
      ...plugin("user", user, { optional_dependencies: ["extra"] }),
    });
    await using host = await loadFrom(folder, { context: { log } });
    await host.disable("extra");
    assert.deepEqual(phases(host), { extra: "disabled", user: "active" });
    assert.deepEqual(log, ["init extra", "undo extra"]);
    assert.equal(host.get<{ signal: AbortSignal }>("user").signal.aborted, false);
  });

  for (const names of [[], ["d", "r"]]) {
    test(`gives a start that a neighbour took with it a second chance (reload of ${names.join() || "all"})`, async () => {
      using folder = createFolder({
        ...plugin("d", tracingPlugin("d1")),
        ...plugin("r", tracingPlugin("r1"), { dependencies: ["d"] }),
      });
      await using host = await loadFrom(folder, { context: { log: [] } });
      folder.write({
        ...plugin("d", tracingPlugin("d2")),
        ...plugin("n", tracingPlugin("n"), { dependencies: ["d"] }),
        ...plugin("r", failing, { dependencies: ["d"] }),
      });
      await host.reload(...names);
      assert.equal(phases(host)["n"], "active");
    });
  }

  test("undoes a failed attempt at once, not when the slowest neighbour is done", async () => {
    const log: string[] = [];
    const gate = createGate();
    using folder = createFolder({
      ...plugin(
        "a",
        `export async function initPlugin({ log, open }: any, plugin: any) {
          plugin.defer(() => { log.push("undo a"); open(); });
          plugin.hold();
          throw new Error("no");
        }`,
      ),
      ...plugin("b", `export const initPlugin = async ({ log, gate }: any) => { await gate; log.push("init b"); };`),
    });
    // b only starts when a has been undone: this load ends at all because a is not waited for.
    await using host = await loadFrom(folder, { context: { log, gate: gate.promise, open: gate.open } });
    assert.deepEqual(log, ["undo a", "init b"]);
    assert.deepEqual(phases(host), { a: "failed", b: "active" });
  });

  test("goes through a chain of 3 000 and through 26 diamonds without recursion", async () => {
    const chain: Record<string, unknown> = {};
    const name = (kind: string, index: number): string => `${kind}${String(index).padStart(4, "0")}`;
    for (let index = 0; index < 3_000; index += 1) {
      Object.assign(
        chain,
        plugin(name("c", index), "export const initPlugin = () => {};", {
          dependencies: index === 0 ? [] : [name("c", index - 1)],
        }),
      );
    }
    for (let index = 0; index < 26; index += 1) {
      const below = index === 0 ? [] : [name("l", index - 1), name("r", index - 1)];
      for (const side of ["l", "r"]) {
        Object.assign(chain, plugin(name(side, index), "export const initPlugin = () => {};", { dependencies: below }));
      }
    }
    using folder = createFolder(chain);
    const host = await loadFrom(folder);
    assert.equal((await host.reload("c0000", "l0000")).loaded.length, 3_000 + 51);
    await host.disable("c0000");
    assert.equal(host.loaded.size, 52);
    await host.close();
  });

  test("keeps a plugin draining while its old generation still does, whatever else changes", async () => {
    const state: Record<string, any> = {};
    using folder = createFolder({
      ...plugin("a", `export function initPlugin({ state }: any, plugin: any) { state.hold = plugin.hold(); }`),
      ...plugin("b", "export const initPlugin = () => {};"),
    });
    await using host = await loadFrom(folder, { context: { state } });
    await host.disable("a");
    await host.reload("b");
    assert.deepEqual(phases(host), { a: "draining", b: "active" });
    state.hold[Symbol.dispose]();
    await host.settled();
    assert.deepEqual(phases(host), { a: "disabled", b: "active" });
  });

  test("takes out what stood on a restarting plugin before, also when the dependency turns round", async () => {
    const log: string[] = [];
    const traced = (label: string): string => `export function initPlugin({ log }: any, plugin: any) {
      log.push("init ${label}");
      plugin.defer(() => log.push("undo ${label}, live: " + plugin.live));
    }`;
    using folder = createFolder({
      ...plugin("a", traced("a1"), { reload: "restart" }),
      ...plugin("b", traced("b1"), { dependencies: ["a"] }),
    });
    const host = await loadFrom(folder, { context: { log } });
    folder.write({
      ...plugin("a", traced("a2"), { reload: "restart", dependencies: ["b"] }),
      ...plugin("b", traced("b2")),
    });
    await host.reload();
    assert.deepEqual(log.slice(2), ["undo b1, live: false", "undo a1, live: false", "init b2", "init a2"]);
    await host.close();
  });

  test("says of an import that would close a circle of optional dependencies what to do, and does not hang", async () => {
    using folder = createFolder({
      ...plugin("a", `import { y } from "../b/plugin.ts"; export const initPlugin = () => y;`, { dependencies: ["b"] }),
      ...plugin(
        "b",
        `import "node:os"; import { x } from "../a/x.ts"; export const y = 1; export const initPlugin = () => x;`,
        {
          optional_dependencies: ["a"],
        },
      ),
      "a/x.ts": "export const x = 1;",
    });
    await using host = await loadFrom(folder);
    assert.deepEqual(codes(host), ["b: PLUGO_IMPORT_NOT_FOUND", "a: PLUGO_DEPENDENCY_FAILED"].toSorted().toReversed());
  });

  test("outlives a listener of a registry that throws", async (context) => {
    const items = createRegistry<string>();
    const uncaught: unknown[] = [];
    context.mock.method(process, "nextTick", (throwing: () => void) => {
      try {
        throwing();
      } catch (error) {
        uncaught.push(error);
      }
    });
    const logger = keepLines();
    using folder = createFolder({
      ...plugin(
        "a",
        `export function initPlugin({ items }: any) { items.on("change", () => { throw new Error("bad"); }); }`,
      ),
      ...plugin("b", `export function initPlugin({ items }: any) { items.add("b"); }`),
    });
    const host = await loadFrom(folder, { context: { items }, logger });
    assert.deepEqual([...host.loaded], ["a", "b"]);
    assert.ok(uncaught.some((error) => (error as Error).message === "bad"));
    assert.ok(logger.lines.includes("error [a] a listener of a registry threw: bad"));
    await host.close();
    assert.equal(host.loaded.size, 0);
  });

  test("starts no old copy again while the host closes", async () => {
    const log: string[] = [];
    using folder = createFolder(plugin("a", tracingPlugin("a1"), { reload: "restart" }));
    const host = await loadFrom(folder, { context: { log } });
    const started = createGate();
    folder.write(
      plugin("a", `export function initPlugin({ started }: any) { return new Promise(() => {}); }`, {
        reload: "restart",
      }),
    );
    const reload = host.reload("a");
    queueMicrotask(started.open);
    await started.promise;
    const closed = host.close();
    const result = await reload.catch((error: unknown) => error as { code: string });
    await closed;
    assert.equal(log.filter((line) => line === "init a1").length, 1);
    const code = "problems" in result ? result.problems[0]?.code : result.code;
    assert.equal(code, "PLUGO_CLOSED");
  });
});

describe("host.close", () => {
  test("drains side by side", async () => {
    const holding = `export function initPlugin({ open }: any, plugin: any) {
      const hold = plugin.hold();
      plugin.draining.addEventListener("abort", () => open(hold));
    }`;
    using folder = createFolder({ ...plugin("a", holding), ...plugin("b", holding) });
    const holds: Disposable[] = [];
    const open = (hold: Disposable): void => {
      holds.push(hold);
      // Only when both have been told to drain does either of them end.
      if (holds.length === 2) for (const each of holds) each[Symbol.dispose]();
    };
    const host = await loadFrom(folder, { context: { open } });
    await host.close();
    assert.equal(holds.length, 2);
  });
});

describe("host.loaded", () => {
  test("cannot be changed by who reads it", async () => {
    using folder = createFolder(plugin("a", tracingPlugin("a")));
    await using host = await loadFrom(folder, { context: { log: [] } });
    assert.throws(() => (host.loaded as Set<string>).add("x"), TypeError);
    assert.deepEqual([...host.loaded], ["a"]);
  });
});

describe("host.get", () => {
  test("throws a PlugoError by that name, also in its stack", async () => {
    using folder = createFolder(plugin("a", failing));
    await using host = await loadFrom(folder);
    assert.throws(
      () => host.get("a"),
      (error: Error) => {
        assert.equal(error.name, "PlugoError");
        assert.match(error.stack ?? "", /^PlugoError: "a" is not active: initPlugin of "a" failed: Error: no/);
        return true;
      },
    );
  });
});

describe("host.on", () => {
  test("refuses an event that there is not", async () => {
    await using host = await loadFrom(createFolder());
    assert.throws(() => host.on("chnge" as "change", () => {}), { code: "PLUGO_EVENT_UNKNOWN" });
  });
});

describe("strict", () => {
  test("minds plugins that are wanted and not active, and nothing else", async () => {
    using folder = createFolder(plugin("one/a", tracingPlugin("a")));
    folder.write(plugin("two/a", tracingPlugin("a")));
    const directories = [folder.at("one"), folder.at("two")];
    await using host = await loadFrom(folder, { pluginDirectory: directories, context: { log: [] }, strict: true });
    assert.deepEqual(codes(host), ["a: PLUGO_NAME_DUPLICATE"]);
    const missing = loadFrom(folder, {
      pluginDirectory: directories[0],
      strict: true,
      env: { ENABLED_PLUGINS: "gone_one" },
    });
    await assert.rejects(missing, { code: "PLUGO_STRICT" });
  });
});

describe("owned timers", () => {
  test("hand the timer to the callback as this, as Node.js does", async () => {
    const state = { ticks: 0 };
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ state, done }: any) {
          setInterval(function (this: NodeJS.Timeout) { state.ticks += 1; clearInterval(this); setTimeout(done, 5); }, 1);
        }`,
      ),
    );
    const gate = createGate();
    await using host = await loadFrom(folder, { context: { state, done: gate.open } });
    await gate.promise;
    assert.equal(state.ticks, 1);
    void host;
  });
});

function createGate(): { promise: Promise<void>; open: () => void } {
  let open!: () => void;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}
