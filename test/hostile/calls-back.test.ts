import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isPlugoError, type PluginHost } from "@plugo/node";
import { loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";
import { inTime } from "./arena.ts";

/** What a plugin, or a listener, may ask of the host that is calling it. */
const requests: Readonly<Record<string, (host: PluginHost) => Promise<unknown>>> = {
  "reload all": (host) => host.reload(),
  "reload itself": (host) => host.reload("self"),
  "reload its dependency": (host) => host.reload("base"),
  "reload its dependent": (host) => host.reload("top"),
  "reload what is not there": (host) => host.reload("gone"),
  "disable itself": (host) => host.disable("self"),
  "disable its dependency": (host) => host.disable("base"),
  "enable another": (host) => host.enable("other"),
  "disable and enable itself": (host) => Promise.all([host.disable("self"), host.enable("self")]),
  "wait for the host": (host) => host.settled(),
  "close the host": (host) => host.close(),
};

/** Where the request comes from. Those that wait for the answer hold up what they wait for, until their time is over. */
const moments: Readonly<Record<string, string>> = {
  "at the top of initPlugin": `void ask();`,
  "after an await in initPlugin": `await null; void ask();`,
  "and waits in initPlugin": `await ask();`,
  "in beforeSwap": `plugin.beforeSwap(() => void ask());`,
  "and waits in beforeSwap": `plugin.beforeSwap(ask);`,
  "in an undo": `plugin.defer(() => void ask());`,
  "and waits in an undo": `plugin.defer(ask);`,
  "when draining aborts": `plugin.draining.addEventListener("abort", ask);`,
  "when its signal aborts": `plugin.signal.addEventListener("abort", ask);`,
  "in a timer": `await new Promise<void>((resolve) => setTimeout(() => { void ask(); resolve(); }, 0));`,
  "in a change listener": "",
};

describe("a host", () => {
  for (const [request, call] of Object.entries(requests)) {
    for (const [moment, code] of Object.entries(moments)) {
      test(`that is asked to ${request} ${moment} ends in order`, async () => {
        using folder = createFolder({
          ...plugin("base", `export const initPlugin = () => "base";`),
          ...plugin("self", `export async function initPlugin({ ask }: any, plugin: any) { ${code} }`, {
            dependencies: ["base"],
          }),
          ...plugin("top", `export const initPlugin = () => "top";`, { dependencies: ["self"] }),
          ...plugin("other", `export const initPlugin = () => "other";`),
        });
        // oxlint-disable-next-line prefer-const -- the plugins of the first load have none yet
        let host: PluginHost | undefined;
        let left = 3;
        const refused: unknown[] = [];
        const ask = async (): Promise<void> => {
          if (host === undefined || left === 0) return;
          left -= 1;
          await call(host).catch((error: unknown) => refused.push(error));
        };
        host = await loadFrom(folder, { context: { ask }, initTimeoutMs: 40, disposeTimeoutMs: 40 });
        if (code === "") host.on("change", () => void ask());
        await inTime(Promise.allSettled([host.reload("self"), host.reload("base")]), "reload");
        await inTime(host.settled(), "settled");

        const { loaded } = host;
        for (const { name, phase, generation } of host.snapshot().plugins) {
          assert.equal(phase === "active", loaded.has(name), `${name} is ${phase}`);
          assert.equal(generation > 0, loaded.has(name));
        }
        if (loaded.has("top")) assert.ok(loaded.has("self") && loaded.has("base"), "what runs has what it needs");
        if (request !== "close the host") assert.equal(host.get("other"), "other");
        await inTime(host.close(), "close");
        await inTime(host.settled(), "settled after close");
        for (const error of refused) assert.ok(isPlugoError(error), String(error));
        assert.deepEqual([...host.loaded], []);
        assert.ok(host.snapshot().plugins.every(({ phase }) => phase !== "active" && phase !== "draining"));
      });
    }
  }

  test("whose listener throws anything goes on, and calls the others", async () => {
    using folder = createFolder(plugin("self", `export const initPlugin = () => 1;`));
    await using host = await loadFrom(folder);
    let calls = 0;
    for (const thrown of [undefined, null, Symbol("no"), new Error("no"), Object.create(null)]) {
      host.on("change", () => {
        // oxlint-disable-next-line typescript/only-throw-error
        throw thrown;
      });
    }
    const own = host.on("change", () => {
      calls += 1;
      own[Symbol.dispose]();
      own[Symbol.dispose]();
    });
    await host.reload();
    await host.reload();
    assert.equal(calls, 1);
  });
});
