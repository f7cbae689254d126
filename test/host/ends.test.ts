import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { perPlugin } from "@plugo/node";
import { keepLines, loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";

/** What a plugin may start, and how to see from outside whether it is still there. */
interface Resource {
  readonly code: string;
  readonly context: () => Record<string, any>;
  readonly isAlive: (context: Record<string, any>) => boolean | Promise<boolean>;
}

const resources: Readonly<Record<string, Resource>> = {
  "an interval": {
    code: `context.timer = setInterval(() => { context.ticks += 1; }, 1);`,
    context: () => ({ ticks: 0 }),
    isAlive: ({ timer }) => isTimerDue(timer),
  },
  "an interval without a hold on the process": {
    code: `context.timer = setInterval(() => {}, 1).unref();`,
    context: () => ({}),
    isAlive: ({ timer }) => isTimerDue(timer),
  },
  "a timeout": {
    code: `context.timer = setTimeout(() => {}, 60_000);`,
    context: () => ({}),
    isAlive: ({ timer }) => isTimerDue(timer),
  },
  "an immediate that starts itself again": {
    code: `const again = () => { context.runs += 1; setImmediate(again); }; again();`,
    context: () => ({ runs: 0 }),
    isAlive: async (context) => {
      const before = context.runs;
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return context.runs > before;
    },
  },
  "a loop over promisified timeouts": {
    code: `const { promisify } = await import("node:util");
      void (async () => { for (;;) { await promisify(setTimeout)(1); context.ticks += 1; } })();`,
    context: () => ({ ticks: 0 }),
    isAlive: async (context) => {
      const before = context.ticks;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return context.ticks > before;
    },
  },
  "a deferred undo": {
    code: `context.open = true; plugin.defer(() => { context.open = false; });`,
    context: () => ({}),
    isAlive: ({ open }) => open,
  },
  "a disposable": {
    code: `context.open = true; plugin.use({ [Symbol.dispose]: () => { context.open = false; } });`,
    context: () => ({}),
    isAlive: ({ open }) => open,
  },
  "an asynchronous disposable": {
    code: `context.open = true;
      plugin.use({ [Symbol.asyncDispose]: async () => { await null; context.open = false; } });`,
    context: () => ({}),
    isAlive: ({ open }) => open,
  },
  "a listener tied to the signal": {
    code: `context.target.addEventListener("x", () => { context.calls += 1; }, { signal: plugin.signal });`,
    context: () => ({ target: new EventTarget(), calls: 0 }),
    isAlive: (context) => {
      const before = context.calls;
      context.target.dispatchEvent(new Event("x"));
      return context.calls > before;
    },
  },
  "a server": {
    code: `const { createServer } = await import("node:http");
      context.server = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => context.server.once("listening", resolve));
      plugin.defer(() => new Promise((resolve) => context.server.close(resolve)));`,
    context: () => ({}),
    isAlive: ({ server }) => server.listening,
  },
  "what a per-plugin value does for it": {
    code: `context.events.on("x", () => {});`,
    context: () => {
      const emitter = new EventEmitter();
      const events = perPlugin((scope) => ({
        on(event: string, listener: () => void): void {
          emitter.on(event, listener);
          scope.defer(() => emitter.off(event, listener));
        },
      }));
      return { emitter, events };
    },
    isAlive: ({ emitter }) => emitter.listenerCount("x") > 0,
  },
};

describe("the end of a plugin", () => {
  for (const [name, { code, context: createContext, isAlive }] of Object.entries(resources)) {
    for (const end of ["close", "disable", "reload to nothing", "a failing initPlugin"] as const) {
      test(`ends ${name} (${end})`, async () => {
        const state = createContext();
        const init = (tail: string): string =>
          `export async function initPlugin(given: any, plugin: any) { const context = Object.assign(given.state, { events: given.events }); ${code} ${tail} }`;
        using folder = createFolder(plugin("a", init(end === "a failing initPlugin" ? `throw new Error("no");` : "")));
        const { events, ...rest } = state;
        const host = await loadFrom(folder, {
          context: { state: events === undefined ? state : rest, ...(events === undefined ? {} : { events }) },
          logger: keepLines(),
        });
        if (end !== "a failing initPlugin") assert.equal(await isAlive(state), true, "it lives while the plugin does");
        if (end === "disable") await host.disable("a");
        if (end === "reload to nothing") {
          folder.write(plugin("a", `export function initPlugin() {}`));
          await host.reload("a");
        }
        if (end === "close") await host.close();
        assert.equal(await isAlive(state), false);
        await host.close();
      });
    }
  }

  test("clears timers that an undo starts, and never fires one that is started later", async () => {
    const state: Record<string, any> = { fired: [] };
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ state }: any, plugin: any) {
          state.later = () => setTimeout(() => state.fired.push("later"), 0);
          plugin.defer(() => { state.timer = setTimeout(() => state.fired.push("undo"), 60_000); });
        }`,
      ),
    );
    const host = await loadFrom(folder, { context: { state } });
    await host.close();
    assert.equal(isTimerDue(state.timer), false);
    state.later();
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(state.fired, []);
  });

  test("fires no timer any more while the undos run", async () => {
    const state: Record<string, any> = { ticks: 0, wait: () => new Promise((resolve) => setTimeout(resolve, 20)) };
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ state }: any, plugin: any) {
          setInterval(() => { state.ticks += 1; }, 1);
          plugin.defer(async () => { state.before = state.ticks; await state.wait(); state.after = state.ticks; });
        }`,
      ),
    );
    const host = await loadFrom(folder, { context: { state } });
    await host.close();
    assert.equal(state.after, state.before);
  });

  test("undoes at once what an initPlugin starts after its time is over", async () => {
    const gate = createGate();
    const state: Record<string, any> = { log: [] };
    using folder = createFolder(
      plugin(
        "a",
        `export async function initPlugin({ gate, state }: any, plugin: any) {
          await gate;
          plugin.defer(() => state.log.push("undone"));
          state.timer = setTimeout(() => state.log.push("fired"), 0);
          throw new Error("too late to matter");
        }`,
      ),
    );
    await using host = await loadFrom(folder, { context: { gate: gate.promise, state }, initTimeoutMs: 20 });
    assert.equal(host.report.problems[0]?.code, "PLUGO_INIT_TIMEOUT");
    gate.resolve(undefined);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(state.log, ["undone"]);
  });

  test("aborts draining at the swap and signal at disposal, and waits for holds", async () => {
    const state: Record<string, any> = { log: [] };
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ state }: any, plugin: any) {
          plugin.draining.addEventListener("abort", () => state.log.push("draining"));
          plugin.signal.addEventListener("abort", () => state.log.push("signal"));
          plugin.defer(() => state.log.push("undo"));
          state.hold = plugin.hold();
        }
        export function disposePlugin() { }`,
      ),
    );
    await using host = await loadFrom(folder, { context: { state } });
    const { hold } = state;
    await host.reload("a");
    assert.deepEqual(state.log, ["draining"]);
    hold[Symbol.dispose]();
    state.hold[Symbol.dispose]();
    await host.settled();
    assert.deepEqual(state.log, ["draining", "signal", "undo"]);
  });

  test("runs disposePlugin, or a definition's dispose, before the undos", async () => {
    for (const code of [
      `export function initPlugin({ log }: any, plugin: any) { globalThis.log = log; plugin.defer(() => log.push("undo")); }
       export function disposePlugin() { globalThis.log.push("dispose"); }`,
      `import { definePlugin } from "@plugo/node";
       let log: string[];
       export default definePlugin({
         init(context: any, plugin: any) { log = context.log; plugin.defer(() => log.push("undo")); },
         dispose() { log.push("dispose"); },
       });`,
    ]) {
      const log: string[] = [];
      using folder = createFolder(
        plugin("a", code.replace('"@plugo/node"', JSON.stringify(import.meta.resolve("@plugo/node")))),
      );
      const host = await loadFrom(folder, { context: { log } });
      assert.deepEqual(host.report.problems, []);
      await host.close();
      assert.deepEqual(log, ["dispose", "undo"]);
    }
  });

  test("reports an undo that throws or hangs, and runs the remaining ones", async () => {
    const log: string[] = [];
    const logger = keepLines();
    using folder = createFolder(
      plugin(
        "a",
        `export function initPlugin({ log }: any, plugin: any) {
          plugin.defer(() => log.push("last"));
          plugin.defer(() => new Promise(() => {}), "the slow one");
          plugin.defer(() => { throw new Error("stuck"); }, "the bad one");
        }
        export function disposePlugin() { throw new Error("no goodbye"); }`,
      ),
    );
    const host = await loadFrom(folder, { context: { log }, disposeTimeoutMs: 20, logger });
    await host.close();
    assert.deepEqual(log, ["last"]);
    assert.deepEqual(
      host.report.problems.map(({ code }) => code),
      ["PLUGO_UNDO_FAILED", "PLUGO_UNDO_FAILED", "PLUGO_UNDO_TIMEOUT"],
    );
    const warnings = logger.lines.filter((line) => line.startsWith("warn")).join("\n");
    assert.match(warnings, /disposePlugin failed: Error: no goodbye/);
    assert.match(warnings, /the bad one failed: Error: stuck/);
    assert.match(warnings, /the slow one did not finish within 20 ms/);
  });

  test("leaves the application's own server alone", async () => {
    const server = createServer((_request, response) => response.end("host")).listen(0, "127.0.0.1");
    await once(server, "listening");
    using folder = createFolder(plugin("a", `export function initPlugin() {}`));
    const host = await loadFrom(folder, { context: { server } });
    await host.close();
    assert.equal(server.listening, true);
    server.close();
  });
});

function isTimerDue(timer: NodeJS.Timeout): boolean {
  return !(timer as unknown as { readonly _destroyed: boolean })._destroyed;
}

function createGate(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve!: (value: unknown) => void;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
