import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { createFolder } from "../support/plugin-folder.ts";

const reloads = 200;

/** Five files with a cycle, 1 MB of state, a dependent, timers, a registry item and an undo. */
const files = {
  "plugins/big/metadata.json": { version: "1.0.0" },
  "plugins/big/plugin.ts": `import { state } from "./state.ts";
    import { a } from "./a.ts";
    import { EventEmitter } from "node:events";
    export class Service extends EventEmitter { state = state; a = a; }
    export function initPlugin({ items, watch }: any, plugin: any) {
      watch(state);
      items.add(() => state.length);
      plugin.defer(() => state.length);
      plugin.signal.addEventListener("abort", () => state.length);
      setInterval(() => state.length, 1_000);
      return new Service();
    }`,
  "plugins/big/state.ts": `export const state: number[] = new Array(131_072).fill(1.5);`,
  "plugins/big/a.ts": `import { b } from "./b.ts"; export const a = (): unknown => b;`,
  "plugins/big/b.ts": `import { a } from "./a.ts"; import { c } from "./c.ts"; export const b = (): unknown => [a, c];`,
  "plugins/big/c.ts": `export enum Kind { One, Two } export const c: Kind = Kind.Two;`,
  "plugins/user/metadata.json": { dependencies: ["big"] },
  "plugins/user/plugin.ts": `export function initPlugin(_: object, plugin: any) {
      const big = plugin.dependency("big");
      return { big };
    }`,
};

test(`a host keeps nothing of ${reloads} old generations`, async () => {
  using folder = createFolder({ ...files, "run.mjs": program });
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", folder.at("run.mjs")], {
    cwd: folder.path,
  });
  const { loaded, alive, slopeInKilobytes, failing } = JSON.parse(stdout);
  assert.equal(loaded, reloads + 1);
  assert.equal(alive, 1, "only the generation in service");
  assert.equal(failing, 0, "nothing of the generations that were thrown away");
  assert.ok(slopeInKilobytes < 20, `${slopeInKilobytes} KB per reload`);
});

const program = `
import { writeFileSync } from "node:fs";
import { createRegistry, loadPlugins } from ${JSON.stringify(import.meta.resolve("@plugo/node"))};
const seen = [];
const thrownAway = [];
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const items = createRegistry();
const context = { items, watch: (state) => seen.push(new WeakRef(state)), thrown: (state) => thrownAway.push(new WeakRef(state)) };
// Counted are the reloads that are asked for.
const host = await loadPlugins({ pluginDirectory: "plugins", context, logger, env: {}, plugins: [], hotReload: false });
const collect = async () => {
  for (let turn = 0; turn < 6; turn += 1) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 1)); }
};
const alive = (list) => list.filter((reference) => reference.deref() !== undefined).length;
const used = [];
for (let reload = 1; reload <= ${reloads}; reload += 1) {
  writeFileSync("plugins/big/c.ts", "export enum Kind { One, Two } export const c = " + reload + ";");
  await host.reload("big");
  if (host.get("big").a()()[1] !== reload) throw new Error("an inner file is stale");
  if (reload % 50 === 0) { await collect(); used.push(process.memoryUsage().heapUsed); }
}
// Generations that fail must not stay either: the host keeps their error.
for (let attempt = 0; attempt < 10; attempt += 1) {
  writeFileSync("plugins/big/state.ts", "export const state = new Array(131_072).fill(" + attempt + ".5);");
  writeFileSync("plugins/big/plugin.ts", "import { state } from './state.ts'; export function initPlugin({ thrown }) { thrown(state); throw new Error('no ' + state.length); }");
  await host.reload("big");
}
await collect();
const slopeInKilobytes = (used.at(-1) - used[0]) / ((used.length - 1) * 50) / 1000;
console.log(JSON.stringify({ loaded: seen.length, alive: alive(seen), failing: alive(thrownAway), slopeInKilobytes }));
await host.close();
`;
