import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRegistry, perPlugin, type PluginScope } from "@plugo/node";
import { loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";

const adding = (...items: string[]): string =>
  `export function initPlugin({ items }: any) { for (const item of ${JSON.stringify(items)}) items.add(item); }`;

describe("createRegistry", () => {
  test("holds the host's items first, then the plugins' in plan order, and a reload keeps the place", async () => {
    const items = createRegistry<string>();
    items.add("host");
    using folder = createFolder({
      ...plugin("a", adding("a1", "a2")),
      ...plugin("b", adding("b1")),
      ...plugin("c", adding("c1"), { dependencies: [] }),
    });
    await using host = await loadFrom(folder, { context: { items } });
    assert.deepEqual([...items], ["host", "a1", "a2", "b1", "c1"]);
    folder.write(plugin("a", adding("a3")));
    await host.reload("a");
    assert.deepEqual([...items], ["host", "a3", "b1", "c1"]);
    await host.disable("b");
    assert.deepEqual([...items], ["host", "a3", "c1"]);
    await host.close();
    assert.deepEqual([...items], ["host"]);
  });

  test("changes once for each swap, and never shows half of one", async () => {
    const items = createRegistry<string>();
    const seen: string[][] = [];
    using listener = items.on("change", () => seen.push([...items]));
    using folder = createFolder({
      ...plugin("a", adding("a1")),
      ...plugin("b", adding("b1", "b2"), { dependencies: ["a"] }),
    });
    await using host = await loadFrom(folder, { context: { items } });
    folder.write({ ...plugin("a", adding("A1")), ...plugin("b", adding("B1"), { dependencies: ["a"] }) });
    await host.reload("a");
    assert.deepEqual(seen, [
      ["a1", "b1", "b2"],
      ["A1", "B1"],
    ]);
    void listener;
  });

  test("shows nothing of a generation that was thrown away", async () => {
    const items = createRegistry<string>();
    using folder = createFolder(plugin("a", adding("a1")));
    await using host = await loadFrom(folder, { context: { items } });
    folder.write(
      plugin("a", `export function initPlugin({ items }: any) { items.add("bad"); throw new Error("no"); }`),
    );
    await host.reload("a");
    assert.deepEqual([...items], ["a1"]);
  });

  test("takes an item out when it is disposed, and adds what a live plugin adds later", async () => {
    const items = createRegistry<string>();
    using folder = createFolder(
      plugin("a", `export const initPlugin = ({ items }: any) => ({ add: (item: string) => items.add(item) });`),
    );
    await using host = await loadFrom(folder, { context: { items } });
    const item = host.get<{ add: (item: string) => Disposable }>("a").add("later");
    assert.deepEqual([...items], ["later"]);
    item[Symbol.dispose]();
    item[Symbol.dispose]();
    assert.deepEqual([...items], []);
  });

  test("ends a plugin's listener with the plugin", async () => {
    const items = createRegistry<string>();
    const calls: string[] = [];
    using folder = createFolder(
      plugin("a", `export function initPlugin({ items, calls }: any) { items.on("change", () => calls.push("a")); }`),
    );
    await using host = await loadFrom(folder, { context: { items, calls } });
    items.add("one");
    assert.deepEqual(calls, ["a"]);
    await host.disable("a");
    items.add("two");
    assert.deepEqual(calls, ["a"]);
  });

  test("follows a change of the order without a reload", async () => {
    const items = createRegistry<string>();
    using folder = createFolder({ ...plugin("a", adding("a")), ...plugin("b", adding("b")) });
    const config = (...names: string[]): object => ({ plugins: names.map((name) => ({ name, enabled: true })) });
    using settings = createFolder({ "plugins_config.json": config("a", "b") });
    await using host = await loadFrom(folder, { context: { items }, configPath: settings.at("plugins_config.json") });
    assert.deepEqual([...items], ["a", "b"]);
    settings.write({ "plugins_config.json": config("b", "a") });
    const report = await host.reload("b");
    assert.deepEqual(report.loaded, ["b"]);
    assert.deepEqual([...items], ["b", "a"]);
  });

  test("serves two hosts, each with its own plugins", async () => {
    const items = createRegistry<string>();
    using folder = createFolder(plugin("a", adding("a")));
    await using first = await loadFrom(folder, { context: { items } });
    await using second = await loadFrom(folder, { context: { items } });
    assert.deepEqual([...items], ["a", "a"]);
    await first.close();
    assert.deepEqual([...items], ["a"]);
    void second;
  });
});

describe("perPlugin", () => {
  test("makes one view for each generation, when it is first read", async () => {
    const made: string[] = [];
    const view = perPlugin((scope: PluginScope) => {
      made.push(`${scope.name} ${scope.generation}`);
      return { owner: scope.name };
    });
    using folder = createFolder({
      ...plugin("a", `export const initPlugin = (context: any) => [context.view, context.view];`),
      ...plugin("b", `export const initPlugin = () => {};`),
    });
    await using host = await loadFrom(folder, { context: { view, plain: 1 } });
    const [one, two] = host.get<object[]>("a");
    assert.equal(one, two);
    assert.deepEqual(made, ["a 1"]);
    await host.reload("a");
    assert.deepEqual(made, ["a 1", "a 2"]);
  });

  test("hands the host's own objects as they are, in a context that no plugin can change", async () => {
    const database = { rows: [] };
    using folder = createFolder({
      ...plugin(
        "a",
        `export function initPlugin(context: any) { try { context.db = 1; } catch (error) { return (error as Error).name; } }`,
      ),
      ...plugin("b", `export const initPlugin = ({ db }: any) => db;`),
    });
    await using host = await loadFrom(folder, { context: { db: database } });
    assert.equal(host.get("a"), "TypeError");
    assert.equal(host.get("b"), database);
  });

  test("is refused where plugo cannot replace it", async () => {
    using folder = createFolder();
    const view = perPlugin(() => 1);
    await assert.rejects(loadFrom(folder, { context: { nested: { deep: view } } }), {
      code: "PLUGO_NESTED_VIEW",
      message: /nested\.deep/,
    });
    await assert.rejects(loadFrom(folder, { context: { list: [view] } }), { code: "PLUGO_NESTED_VIEW" });
  });

  test("fails the plugin whose view cannot be made", async () => {
    const view = perPlugin(() => {
      throw new Error("no view for you");
    });
    using folder = createFolder({
      ...plugin("a", `export const initPlugin = ({ view }: any) => view;`),
      ...plugin("b", `export const initPlugin = () => {};`),
    });
    await using host = await loadFrom(folder, { context: { view } });
    assert.deepEqual([...host.loaded], ["b"]);
    assert.match(host.report.problems[0]?.message ?? "", /no view for you/);
  });
});
