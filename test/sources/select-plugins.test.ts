import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { plugoError } from "#src/kernel/plugo-error.js";
import { listedPlugins, type PluginConfig } from "#src/sources/plugin-list.js";
import { enabledPlugins } from "#src/sources/read-environment-variables.js";
import { selectPlugins } from "#src/sources/select-plugins.js";
import type { DirectoryScan, Selection, Wish } from "#src/sources/source.js";
import { configWishes, manifestOf, runtimeWish, scanOf } from "./scan-of.ts";

interface Inputs {
  readonly scan?: DirectoryScan;
  readonly config?: readonly Wish[];
  readonly env?: string;
  readonly list?: readonly (readonly [name: string, status: PluginConfig["status"]])[];
  readonly runtime?: readonly Wish[];
}

function select({ scan = scanOf({}), config, env = "", list = [], runtime = [] }: Inputs): Selection {
  const entries = list.map(([pluginName, status]): PluginConfig => ({
    pluginName,
    status,
    importClassDetails: { modulePath: `./${pluginName}.js`, moduleClassName: "Plugin" },
  }));
  return selectPlugins({
    scan,
    config,
    env: enabledPlugins({ ENABLED_PLUGINS: env }),
    list: listedPlugins(entries).wishes,
    runtime,
    configFile: "plugins_config.json",
  });
}

/** The wanted plugins as `name (source)`, in order. */
function wanted(selection: Selection): readonly string[] {
  return [...selection.plugins.values()].filter((it) => it.wanted).map(({ name, source }) => `${name} (${source})`);
}

function codes(selection: Selection): readonly string[] {
  return selection.problems.map(({ code, message }) => `${code}: ${message}`);
}

describe("selectPlugins", () => {
  test("wants every plugin of the directory by name when there is no config", () => {
    const selection = select({ scan: scanOf({ b: {}, a: {}, _aside: {} }, ["notes", "node_modules"]) });
    assert.deepEqual(wanted(selection), ["a (directory)", "b (directory)"]);
    assert.deepEqual([...selection.plugins.keys()], ["a", "b"]);
    assert.deepEqual(selection.problems, []);
  });

  test("wants exactly what the config enables, in its order, and what that depends on", () => {
    const scan = scanOf({ a: {}, b: { dependencies: ["c"] }, c: { dependencies: ["d"] }, d: {}, e: {} });
    const selection = select({ scan, config: configWishes(["b", true], ["a", true], ["e", false]) });
    assert.deepEqual(wanted(selection), ["b (config)", "a (config)", "c (dependency)", "d (dependency)"]);
    assert.equal(selection.plugins.get("c")?.reason, "needed by b");
    assert.equal(selection.plugins.get("d")?.reason, "needed by c");
    assert.equal(selection.plugins.get("e")?.reason, "disabled in plugins_config.json");
  });

  test("keeps what the config does not mention as disabled, with the reason", () => {
    const selection = select({ scan: scanOf({ a: {}, b: {} }), config: configWishes(["b", true]) });
    const { wanted: isWanted, source, reason, target } = selection.plugins.get("a") ?? assert.fail();
    assert.deepEqual(
      { isWanted, source, reason, kind: target?.kind },
      { isWanted: false, source: "config", reason: "not enabled in plugins_config.json", kind: "folder" },
    );
  });

  test("pulls in no optional dependency", () => {
    const scan = scanOf({ a: { optional_dependencies: ["b"] }, b: {} });
    assert.deepEqual(wanted(select({ scan, config: configWishes(["a", true]) })), ["a (config)"]);
  });

  test("never overrides an explicit disabled for a dependency", () => {
    const scan = scanOf({ a: { dependencies: ["b"] }, b: {} });
    const selection = select({ scan, config: configWishes(["a", true], ["b", false]) });
    assert.deepEqual(wanted(selection), ["a (config)"]);
    assert.equal(selection.plugins.get("b")?.where, "plugins_config.json:4:5");
  });

  test("lets ENABLED_PLUGINS add and override, and restrict nothing", () => {
    const scan = scanOf({ a: {}, b: {}, c: {} });
    const config = configWishes(["c", true], ["b", false]);
    assert.deepEqual(wanted(select({ scan, config, env: "b, a" })), ["c (config)", "b (env)", "a (env)"]);
    assert.deepEqual(wanted(select({ scan, env: "b" })), ["a (directory)", "b (env)", "c (directory)"]);
  });

  test("keeps the config of an entry that ENABLED_PLUGINS overrides", () => {
    const [wish] = configWishes(["a", false]);
    const config = [{ ...(wish ?? assert.fail()), config: { port: 1 } }];
    const selected = select({ scan: scanOf({ a: {} }), config, env: "a" }).plugins.get("a");
    assert.deepEqual(selected?.config, { port: 1 });
    assert.equal(selected?.where, "ENABLED_PLUGINS");
    assert.equal(selected?.configWhere, "plugins_config.json:3:5");
  });

  test("takes names of ENABLED_PLUGINS that no directory has for modules, in their order, after the others", () => {
    const selection = select({ scan: scanOf({ a: {} }), env: "z-package,./local.js,@scope/name,a" });
    assert.deepEqual(wanted(selection), ["a (env)", "z-package (env)", "./local.js (env)", "@scope/name (env)"]);
    assert.deepEqual(selection.plugins.get("./local.js")?.target, {
      kind: "module",
      module: { modulePath: "./local.js", exportName: null },
    });
  });

  test("wants active entries of PLUGINS whatever the config says, after the directory's, in list order", () => {
    const scan = scanOf({ a: {}, b: {} });
    const list = [
      ["z", "active"],
      ["b", "active"],
      ["y", "active"],
    ] as const;
    assert.deepEqual(wanted(select({ scan, config: configWishes(["b", false], ["a", true]), list })), [
      "b (list)",
      "a (config)",
      "z (list)",
      "y (list)",
    ]);
    const selection = select({ scan, list });
    assert.deepEqual(wanted(selection), ["a (directory)", "b (list)", "z (list)", "y (list)"]);
    assert.equal(selection.plugins.get("b")?.target?.kind, "folder");
    assert.equal(selection.plugins.get("z")?.target?.kind, "module");
  });

  test("switches off what PLUGINS marks inactive or error, wherever it comes from", () => {
    const scan = scanOf({ a: {}, b: {} });
    const list = [
      ["a", "inactive"],
      ["b", "error"],
      ["m", "inactive"],
    ] as const;
    const selection = select({ scan, config: configWishes(["a", true], ["b", true]), env: "a,b,m", list });
    assert.deepEqual(wanted(selection), []);
    assert.equal(selection.plugins.get("a")?.reason, "inactive in PLUGINS");
    assert.equal(selection.plugins.get("b")?.reason, 'marked "error" in PLUGINS');
    assert.equal(selection.plugins.get("m")?.where, "PLUGINS[2]");
    assert.deepEqual(selection.problems, []);
  });

  test("lets the entry that switches off count when PLUGINS has both", () => {
    const list = [
      ["a", "active"],
      ["a", "inactive"],
    ] as const;
    assert.deepEqual(wanted(select({ scan: scanOf({ a: {} }), list })), []);
  });

  test("lets run time beat every other source, the last wish last", () => {
    const scan = scanOf({ a: {}, b: {}, m: {} });
    const runtime = [runtimeWish("a", true), runtimeWish("a", false), runtimeWish("b", true), runtimeWish("m", true)];
    const list = [
      ["a", "active"],
      ["m", "inactive"],
    ] as const;
    const selection = select({ scan, config: configWishes(["a", true], ["b", false]), env: "a", list, runtime });
    assert.deepEqual(wanted(selection), ["b (runtime)", "m (runtime)"]);
    assert.equal(selection.plugins.get("a")?.reason, "disabled at run time");
  });

  test("enables a module of PLUGINS at run time", () => {
    const selection = select({ list: [["m", "inactive"]], runtime: [runtimeWish("m", true)] });
    assert.deepEqual(wanted(selection), ["m (runtime)"]);
    assert.equal(selection.plugins.get("m")?.target?.kind, "module");
  });

  const sources: readonly (readonly [source: string, on: Inputs, off: Inputs | undefined])[] = [
    ["directory", {}, undefined],
    ["config", { config: configWishes(["a", true]) }, { config: configWishes(["a", false]) }],
    ["env", { env: "a" }, undefined],
    ["list", { list: [["a", "active"]] }, { list: [["a", "inactive"]] }],
    ["runtime", { runtime: [runtimeWish("a", true)] }, { runtime: [runtimeWish("a", false)] }],
  ];
  sources.forEach(([higher, on, off], at) => {
    for (const [lower, lowerOn, lowerOff] of sources.slice(0, at)) {
      test(`lets ${higher} have the last word over ${lower}`, () => {
        const scan = scanOf({ a: {} });
        if (off !== undefined) assert.equal(select({ scan, ...lowerOn, ...off }).plugins.get("a")?.wanted, false);
        assert.equal(select({ scan, ...(lowerOff ?? lowerOn), ...on }).plugins.get("a")?.wanted, true);
        assert.equal(select({ scan, ...(lowerOff ?? lowerOn), ...on }).plugins.get("a")?.source, higher);
      });
    }
  });

  test("reports a name that nothing provides, with the nearest one, and selects the rest", () => {
    const selection = select({
      scan: scanOf({ sample: {} }),
      config: configWishes(["sampel", true], ["sample", true]),
    });
    assert.deepEqual(wanted(selection), ["sample (config)"]);
    assert.equal(selection.plugins.has("sampel"), false);
    assert.deepEqual(codes(selection), [
      'PLUGO_UNKNOWN_PLUGIN: No plugin is named "sampel", which plugins_config.json:3:5 asks for. Did you mean "sample"?',
    ]);
  });

  test("compares names exactly, and hints at one that differs by case", () => {
    const selection = select({ scan: scanOf({ Sample: {} }), config: configWishes(["sample", true]) });
    assert.match(codes(selection)[0] ?? "", /PLUGO_UNKNOWN_PLUGIN.*Did you mean "Sample"/);
  });

  test("keeps a disabled name that nothing provides, without a problem", () => {
    const selection = select({ config: configWishes(["gone", false]) });
    assert.equal(selection.plugins.get("gone")?.target, undefined);
    assert.deepEqual(selection.problems, []);
  });

  for (const name of [
    "../../etc",
    "..",
    ".",
    ".git",
    "",
    "a b",
    "a/b",
    "a\\b",
    "C:\\x",
    "/etc",
    "a\0b",
    "__proto__",
    "x".repeat(300),
    "@scope/name",
    "ü",
    "a\n",
  ]) {
    test(`refuses the name ${JSON.stringify(name.slice(0, 20))} in the config, and selects the rest`, () => {
      const selection = select({ scan: scanOf({ a: {} }), config: configWishes([name, true], ["a", true]) });
      assert.deepEqual(wanted(selection), ["a (config)"]);
      assert.equal(selection.plugins.has(name), false);
      assert.deepEqual(
        selection.problems.map((problem) => problem.code),
        ["PLUGO_NAME_INVALID"],
      );
      assert.ok((selection.problems[0]?.message.length ?? 0) < 300);
    });
  }

  for (const name of ["a b", "__proto__", "x".repeat(300), "a\0b", "..", "."]) {
    test(`refuses the name ${JSON.stringify(name.slice(0, 20))} in ENABLED_PLUGINS`, () => {
      const selection = select({ env: name });
      assert.deepEqual([...selection.plugins], []);
      assert.deepEqual(
        selection.problems.map((problem) => problem.code),
        ["PLUGO_NAME_INVALID"],
      );
    });
  }

  test("refuses a path in the config even when ENABLED_PLUGINS has it too", () => {
    const selection = select({ config: configWishes(["./m.js", true]), env: "./m.js" });
    assert.deepEqual([...selection.plugins.keys()], []);
  });

  test("keeps the order of PLUGINS for a plugin that ENABLED_PLUGINS names as well", () => {
    const list = [
      ["z", "active"],
      ["b", "active"],
    ] as const;
    const selection = select({ scan: scanOf({ a: {}, b: {} }), config: [], env: "b,a", list });
    assert.deepEqual(wanted(selection), ["a (env)", "z (list)", "b (list)"]);
  });

  test("treats constructor and toString like any other name", () => {
    const scan = scanOf({ constructor: {}, a: { dependencies: ["toString"] } });
    const selection = select({ scan, config: configWishes(["constructor", true], ["a", true], ["valueOf", true]) });
    assert.deepEqual(wanted(selection), ["constructor (config)", "a (config)"]);
    assert.deepEqual(
      selection.problems.map((problem) => problem.plugin),
      ["valueOf"],
    );
  });

  test("fails a plugin that the config enables and disables, naming both places", () => {
    const config = configWishes(["a", true], ["b", true], ["a", false]);
    const selection = select({ scan: scanOf({ a: {}, b: {} }), config });
    const problem = selection.plugins.get("a")?.problem;
    assert.equal(problem?.code, "PLUGO_CONFIG_CONTRADICTION");
    assert.match(
      problem?.message ?? "",
      /enabled at plugins_config\.json:3:5 and disabled at plugins_config\.json:5:5/,
    );
    assert.equal(selection.plugins.get("b")?.problem, null);
    assert.deepEqual(selection.problems, []);
  });

  test("fails it whichever entry is first", () => {
    const selection = select({ scan: scanOf({ a: {} }), config: configWishes(["a", false], ["a", true]) });
    assert.equal(selection.plugins.get("a")?.problem?.code, "PLUGO_CONFIG_CONTRADICTION");
    assert.equal(selection.plugins.get("a")?.wanted, true);
  });

  test("lets a higher source settle a contradiction, and still reports it", () => {
    const config = configWishes(["a", true], ["a", false]);
    const selection = select({ scan: scanOf({ a: {} }), config, env: "a" });
    assert.equal(selection.plugins.get("a")?.problem, null);
    assert.deepEqual(
      selection.problems.map((problem) => problem.code),
      ["PLUGO_CONFIG_CONTRADICTION"],
    );
  });

  test("takes the first of two equal entries of the config", () => {
    const [first, second] = configWishes(["a", true], ["a", true]);
    assert.ok(first !== undefined && second !== undefined);
    const config = [
      { ...first, config: { n: 1 } },
      { ...second, config: { n: 2 } },
    ];
    assert.deepEqual(select({ scan: scanOf({ a: {} }), config }).plugins.get("a")?.config, { n: 1 });
  });

  test("fails a folder without metadata that a source or a dependency names", () => {
    const scan = scanOf({ a: { dependencies: ["bare"] } }, ["bare", "named", "__pycache__"]);
    const selection = select({ scan, config: configWishes(["named", true], ["a", true]), env: "__pycache__" });
    const failed = [...selection.plugins.values()].filter((it) => it.problem !== null);
    assert.deepEqual(
      failed.map(({ name, problem }) => `${name} ${problem?.code}`),
      ["named PLUGO_MANIFEST_MISSING", "__pycache__ PLUGO_MANIFEST_MISSING", "bare PLUGO_MANIFEST_MISSING"],
    );
    assert.deepEqual(selection.problems, []);
  });

  test("selects a folder whose name starts with _ only when it is named", () => {
    const scan = scanOf({ _aside: {}, a: {} });
    assert.deepEqual(wanted(select({ scan, env: "_aside" })), ["_aside (env)", "a (directory)"]);
    assert.equal(select({ scan, config: [] }).plugins.has("_aside"), false);
  });

  test("keeps pulled in what a broken plugin was last good with", () => {
    const broken = plugoError("PLUGO_MANIFEST_INVALID", { file: "", findings: [] });
    const selection = selectPlugins({
      scan: scanOf({ a: broken, b: {} }),
      config: configWishes(["a", true]),
      env: [],
      list: [],
      runtime: [],
      lastManifest: (name) => (name === "a" ? manifestOf("a", { dependencies: ["b"] }) : undefined),
    });
    assert.deepEqual(wanted(selection), ["a (config)", "b (dependency)"]);
  });

  test("works without any directory, config, variable or list", () => {
    assert.deepEqual(select({}), { plugins: new Map(), problems: [] });
  });

  test("does not depend on the order in which the directory was read", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 8 }), (names) => {
        const forwards = select({ scan: scanOf(Object.fromEntries(names.map((name) => [name, {}]))) });
        const backwards = select({ scan: scanOf(Object.fromEntries(names.toReversed().map((name) => [name, {}]))) });
        assert.deepEqual([...forwards.plugins.keys()], [...backwards.plugins.keys()]);
        assert.deepEqual([...forwards.plugins.keys()], names.toSorted());
      }),
    );
  });
});
