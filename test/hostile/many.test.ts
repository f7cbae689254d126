import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codes, keepLines, loadFrom } from "../support/load.ts";
import type { Files } from "../support/plugin-folder.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";
import { inTime } from "./arena.ts";

const idle = `export function initPlugin() {}`;

function plugins(count: number, each: (at: number) => Files): Files {
  return Object.assign({}, ...Array.from({ length: count }, (_, at) => each(at))) as Files;
}

describe("loadPlugins", () => {
  test("with 300 of 1 000 plugins failing, in ten ways, runs the other 700", async () => {
    const faults = [
      `throw 1; ${idle}`,
      `export function initPlugin() { throw undefined; }`,
      `export async function initPlugin() { throw new Error("no"); }`,
      `import "./gone.ts"; ${idle}`,
      `import "no-such-package-of-plugo"; ${idle}`,
      `export const x = ;`,
      `export const x = 1;`,
      `await Promise.reject(new Error("no")); ${idle}`,
      `export const initPlugin = () => new Promise(() => {});`,
      `import { nope } from "./metadata.json"; nope; ${idle}`,
    ];
    using folder = createFolder(plugins(1000, (at) => plugin(`p${at}`, at < 300 ? (faults[at % 10] ?? "") : idle)));
    const logger = keepLines();
    await using host = await inTime(loadFrom(folder, { logger, initTimeoutMs: 100 }), "loadPlugins");
    assert.equal(host.loaded.size, 700);
    assert.equal(host.report.problems.length, 300);
    assert.equal(new Set(codes(host)).size, 300);
    assert.equal(logger.lines.filter((line) => line.startsWith("error ")).length, 300);
  });

  test("runs a chain of 10 000, blocks a chain of 10 000, and ends both", async () => {
    const count = 10_000;
    const chain = (name: string): Files =>
      plugins(count, (at) => plugin(`${name}${at}`, idle, at === 0 ? {} : { dependencies: [`${name}${at - 1}`] }));
    using folder = createFolder({
      ...chain("a"),
      ...chain("b"),
      "b0/plugin.ts": `export function initPlugin() { throw new Error("no"); }`,
    });
    const host = await loadFrom(folder);
    assert.equal(host.loaded.size, count);
    assert.equal(host.report.problems.length, count);
    const { message } = host.report.problems.find(({ plugin: name }) => name === `b${count - 1}`) ?? assert.fail();
    assert.match(message, /^b9999 needs b9998, .* … \d+ more …, .* b1 needs b0, b0 failed: .*no/);
    assert.ok(message.length < 1000, message);
    await host.close();
    assert.equal(host.loaded.size, 0);
  });

  test("takes circles that only optional dependencies close, in any shape", async () => {
    using folder = createFolder({
      ...plugins(30, (at) => plugin(`ring${at}`, idle, { optional_dependencies: [`ring${(at + 1) % 30}`] })),
      ...plugins(12, (at) =>
        plugin(`all${at}`, idle, { optional_dependencies: Array.from({ length: 12 }, (_, other) => `all${other}`) }),
      ),
      ...plugin("half0", idle, { dependencies: ["half1"] }),
      ...plugin("half1", idle, { optional_dependencies: ["half0"] }),
      ...plugin("self", idle, { optional_dependencies: ["self"] }),
      ...plugin("both", idle, { dependencies: ["self"], optional_dependencies: ["self", "both"] }),
    });
    await using host = await inTime(loadFrom(folder), "loadPlugins");
    assert.deepEqual(codes(host), []);
    assert.equal(host.loaded.size, 46);
    const order = [...host.loaded];
    assert.ok(order.indexOf("half1") < order.indexOf("half0"));
    await inTime(host.reload("ring7"), "reload");
    assert.deepEqual(codes(host), []);
    assert.deepEqual([...host.loaded], order);
  });

  test("on one directory twice at once gives two hosts that know nothing of each other", async () => {
    const log: string[] = [];
    using folder = createFolder(
      plugins(50, (at) =>
        plugin(
          `p${at}`,
          `export function initPlugin({ log, id }: any, plugin: any) { plugin.defer(() => log.push(id + plugin.name)); return {}; }`,
        ),
      ),
    );
    const hosts = await Promise.all([1, 2, 3].map((id) => loadFrom(folder, { context: { log, id } })));
    assert.equal(new Set(hosts.map((host) => host.get("p7"))).size, 3);
    await hosts[0]?.close();
    assert.ok(log.length === 50 && log.every((entry) => entry.startsWith("1")));
    assert.equal(hosts[1]?.loaded.size, 50);
    await Promise.all(hosts.map((host) => host.close()));
    assert.equal(log.length, 150);
  });
});
