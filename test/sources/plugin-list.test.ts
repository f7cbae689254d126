import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listedPlugins, PLUGINS, type PluginConfig } from "#src/sources/plugin-list.js";

const details = { modulePath: "./m.js", moduleClassName: "Plugin" };

function listed(...entries: unknown[]): { readonly wishes: readonly object[]; readonly problems: readonly string[] } {
  const { wishes, problems } = listedPlugins(entries as PluginConfig[]);
  return { wishes, problems: problems.map(({ code, message }) => `${code} ${message}`) };
}

describe("PLUGINS", () => {
  test("is one list, whichever copy of the package asks", async () => {
    const copy = (await import(`${import.meta.resolve("#src/sources/plugin-list.js")}?copy`)) as { PLUGINS: unknown };
    assert.equal(copy.PLUGINS, PLUGINS);
  });
});

describe("listedPlugins", () => {
  test("makes a wish of each entry, with its place and its module", () => {
    const { wishes, problems } = listed(
      { pluginName: "a", importClassDetails: details, status: "active" },
      { pluginName: "b", importClassDetails: details, status: "inactive" },
      { pluginName: "c", importClassDetails: undefined, status: "error" },
    );
    const module = { modulePath: "./m.js", exportName: "Plugin" };
    const same = { source: "list", config: undefined };
    assert.deepEqual(wishes, [
      { ...same, name: "a", enabled: true, reason: "active in PLUGINS", where: "PLUGINS[0]", module },
      { ...same, name: "b", enabled: false, reason: "inactive in PLUGINS", where: "PLUGINS[1]", module },
      {
        ...same,
        name: "c",
        enabled: false,
        reason: 'marked "error" in PLUGINS',
        where: "PLUGINS[2]",
        module: undefined,
      },
    ]);
    assert.deepEqual(problems, []);
  });

  const good = { pluginName: "a", importClassDetails: details, status: "active" };
  const bad: readonly (readonly [title: string, entry: unknown, option: string, actual: string])[] = [
    ["null", null, "PLUGINS[0]", "null"],
    ["undefined", undefined, "PLUGINS[0]", "missing"],
    ["a name", "a", "PLUGINS[0]", '"a"'],
    ["a symbol", Symbol("x"), "PLUGINS[0]", "a symbol"],
    ["{}", {}, "PLUGINS[0].pluginName", "missing"],
    ["an empty name", { ...good, pluginName: "" }, "PLUGINS[0].pluginName", '""'],
    ["a numeric name", { ...good, pluginName: 1 }, "PLUGINS[0].pluginName", "the number 1"],
    ["another status", { ...good, status: "on" }, "PLUGINS[0].status", '"on"'],
    ["no status", { ...good, status: undefined }, "PLUGINS[0].status", "missing"],
    ["no details", { ...good, importClassDetails: undefined }, "PLUGINS[0].importClassDetails", "missing"],
    [
      "no path",
      { ...good, importClassDetails: { ...details, modulePath: "" } },
      "PLUGINS[0].importClassDetails.modulePath",
      '""',
    ],
    [
      "no class name",
      { ...good, importClassDetails: { modulePath: "m" } },
      "PLUGINS[0].importClassDetails.moduleClassName",
      "missing",
    ],
  ];
  for (const [title, entry, option, actual] of bad) {
    test(`gives one problem for ${title}, and keeps the other entries`, () => {
      const { wishes, problems } = listed(entry, { ...good, pluginName: "z" });
      assert.equal(wishes.length, 1);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", /^PLUGO_OPTION_INVALID /);
      assert.ok(problems[0]?.includes(`"${option}" must be`), problems[0]);
      assert.ok(problems[0]?.endsWith(`, but it is ${actual}.`), problems[0]);
    });
  }

  test("gives one problem for an entry whose getter throws", () => {
    const entry = {
      get pluginName(): string {
        throw new TypeError("gotcha");
      },
    };
    assert.match(listed(entry).problems[0] ?? "", /^PLUGO_OPTION_INVALID .*but it is unreadable\.$/);
  });

  test("gives one problem for what is no list, and for a hole in it", () => {
    assert.equal(listedPlugins("a" as never).problems.length, 1);
    // oxlint-disable-next-line no-sparse-arrays
    assert.equal(listedPlugins([, good] as never).problems.length, 1);
  });
});
