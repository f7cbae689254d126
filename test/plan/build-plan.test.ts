import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { plugoError, type PlugoError } from "#src/kernel/plugo-error.js";
import { blockedBy } from "#src/plan/blocked-by.js";
import { buildPlan } from "#src/plan/build-plan.js";
import type { Plan } from "#src/plan/plan.js";
import { enabledPlugins } from "#src/sources/read-environment-variables.js";
import { selectPlugins } from "#src/sources/select-plugins.js";
import type { Wish } from "#src/sources/source.js";
import { configWishes, scanOf } from "../sources/scan-of.ts";

type Plugins = Readonly<Record<string, object>>;

function plan(plugins: Plugins, config?: readonly Wish[], coreVersion?: string): Plan {
  const scan = scanOf(plugins);
  return buildPlan(selectPlugins({ scan, config, env: [], list: [], runtime: [] }), { coreVersion });
}

/** Every plugin's status, by name. */
function statuses(result: Plan): Record<string, string> {
  return Object.fromEntries(Array.from(result.entries.values(), ({ name, status }) => [name, status]));
}

/** The problems as `plugin code: message`. */
function problems(result: Plan): readonly string[] {
  return result.problems.map(({ plugin, code, message }) => `${plugin} ${code}: ${message}`);
}

const needs = (...dependencies: string[]): object => ({ dependencies });
const prefers = (...names: string[]): object => ({ optional_dependencies: names });
const broken = (name: string): PlugoError =>
  plugoError(
    "PLUGO_MANIFEST_INVALID",
    { file: `${name}/metadata.json`, findings: ["1:1 is wrong", "2:2 too"] },
    { plugin: name },
  );

/** Up to three of some names. */
const few = (names: readonly string[]): fc.Arbitrary<string[]> =>
  fc.subarray([...names], { maxLength: Math.min(3, names.length) });

/** Up to ten plugins, each needing any of the others: cycles, missing ones and all. */
const anyPlugins = fc
  .uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"), { minLength: 1 })
  .chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), few([...names, "nope"]), few(names)))))
  .map((entries) =>
    Object.fromEntries(
      entries.map(([name, dependencies, optional]) => [name, { dependencies, optional_dependencies: optional }]),
    ),
  );

describe("buildPlan", () => {
  test("orders by name, dependencies first, a pulled-in one directly before the first that needs it", () => {
    assert.deepEqual(plan({ a: needs("z"), b: {}, z: {} }).order, ["z", "a", "b"]);
    const plugins = { a: {}, b: needs("y", "x"), c: needs("x"), x: {}, y: {} };
    assert.deepEqual(plan(plugins, configWishes(["c", true], ["a", true], ["b", true])).order, [
      "x",
      "c",
      "a",
      "y",
      "b",
    ]);
  });

  test("lists the entries in activation order, then those that cannot run", () => {
    const result = plan({ a: needs("z"), b: needs("nope"), z: {} });
    assert.deepEqual([...result.entries.keys()], ["z", "a", "b"]);
  });

  test("gives each entry its ready dependencies as they are declared, and which of them are required", () => {
    const plugins = {
      a: { dependencies: ["c", "b"], optional_dependencies: ["d", "nope", "e"] },
      b: {},
      c: {},
      d: {},
      e: needs("nope"),
    };
    const entry = plan(plugins).entries.get("a");
    assert.deepEqual(entry?.dependencies, ["c", "b", "d"]);
    assert.deepEqual(entry?.required, ["c", "b"]);
    assert.ok(Object.isFrozen(entry) && Object.isFrozen(entry?.dependencies) && Object.isFrozen(entry?.required));
  });

  test("names the whole chain to a dependency that failed", () => {
    const result = plan({ a: broken("a"), b: needs("a"), c: needs("b"), lone: {} });
    assert.deepEqual(statuses(result), { a: "failed", b: "blocked", c: "blocked", lone: "ready" });
    assert.deepEqual(problems(result).slice(1), [
      'b PLUGO_DEPENDENCY_FAILED: b needs a, a failed: "a/metadata.json" is not valid: 1:1 is wrong.',
      'c PLUGO_DEPENDENCY_FAILED: c needs b, b needs a, a failed: "a/metadata.json" is not valid: 1:1 is wrong.',
    ]);
  });

  test("names the whole chain to a dependency that does not exist, with the nearest name", () => {
    const result = plan({ auth: {}, b: needs("authh"), c: needs("b") });
    assert.deepEqual(problems(result), [
      'b PLUGO_DEPENDENCY_MISSING: b needs authh, which does not exist. Did you mean "auth"?',
      'c PLUGO_DEPENDENCY_MISSING: c needs b, b needs authh, which does not exist. Did you mean "auth"?',
    ]);
    assert.match(result.problems[1]?.remedy ?? "", /remove it from the dependencies of "b" in ".*b.metadata\.json"/);
  });

  test("names the whole chain to a dependency that is disabled, and where to change it", () => {
    const result = plan({ a: {}, b: needs("a"), c: needs("b") }, configWishes(["c", true], ["a", false]));
    assert.deepEqual(statuses(result), { a: "disabled", b: "blocked", c: "blocked" });
    assert.deepEqual(problems(result), [
      "c PLUGO_DEPENDENCY_DISABLED: c needs b, b needs a, a is disabled in plugins_config.json.",
      "b PLUGO_DEPENDENCY_DISABLED: b needs a, a is disabled in plugins_config.json.",
    ]);
    assert.match(result.problems[0]?.remedy ?? "", /Enable "a" \(plugins_config\.json:4:5\)/);
  });

  test("blocks a plugin whose dependency has another version, and names both", () => {
    const result = plan({ a: { version: "2.0.0" }, b: needs("a@^1.0.0"), c: needs("a@^2.0.0"), d: needs("b") });
    assert.deepEqual(statuses(result), { a: "ready", b: "blocked", c: "ready", d: "blocked" });
    assert.deepEqual(problems(result), [
      'b PLUGO_DEPENDENCY_VERSION: "b" needs "a" at ^1.0.0, but it is 2.0.0.',
      'd PLUGO_DEPENDENCY_FAILED: d needs b, b is blocked: "b" needs "a" at ^1.0.0, but it is 2.0.0.',
    ]);
  });

  const coreVersions: readonly (readonly [range: string, version: string | undefined, status: string])[] = [
    [">=1.0.0", "1.0.0", "ready"],
    [">=1.0.0", "2.0.0-beta.1", "ready"],
    [">=2.0.0", "2.0.0-beta.1", "blocked"],
    ["^1.0.0", "2.0.0-beta.1", "blocked"],
    ["^2.0.0-beta.0", "2.0.0-beta.1", "ready"],
    [">=99.0.0", "1.0.0", "blocked"],
    [">=99.0.0", undefined, "ready"],
    [">=99.0.0", "no version", "ready"],
    ["*", "1.0.0-rc.1", "ready"],
    ["1.x || >=3 <4", "3.5.0", "ready"],
  ];
  for (const [range, version, status] of coreVersions) {
    test(`takes a plugin for ${range} with the application at ${version} for ${status}`, () => {
      const result = plan({ a: { core_version: range } }, undefined, version);
      assert.equal(result.entries.get("a")?.status, status);
      if (status === "blocked") {
        assert.equal(result.problems[0]?.code, "PLUGO_CORE_VERSION");
        assert.equal(result.problems[0]?.message, `"a" needs the application at ${range}, but it is ${version}.`);
      }
    });
  }

  test("fails every member of a cycle with the whole path, and blocks what depends on it", () => {
    const result = plan({ a: needs("b"), b: needs("c"), c: needs("a"), d: needs("c"), lone: {} });
    assert.deepEqual(statuses(result), { a: "failed", b: "failed", c: "failed", d: "blocked", lone: "ready" });
    const path = "The plugins depend on each other in a circle: a → b → c → a";
    assert.deepEqual(problems(result), [
      ...["a", "b", "c"].map((name) => `${name} PLUGO_CYCLE: ${path}.`),
      `d PLUGO_DEPENDENCY_FAILED: d needs c, c failed: ${path}.`,
    ]);
  });

  test("fails a plugin that depends on itself", () => {
    assert.deepEqual(problems(plan({ a: needs("a") })), [
      "a PLUGO_CYCLE: The plugins depend on each other in a circle: a → a.",
    ]);
  });

  test("orders by an optional dependency that is ready, and is not blocked by one that is not", () => {
    assert.deepEqual(plan({ a: prefers("z"), z: {} }).order, ["z", "a"]);
    assert.deepEqual(plan({ a: prefers("z", "nope"), z: needs("nope") }).order, ["a"]);
    assert.deepEqual(plan({ a: { optional_dependencies: { z: "^2.0.0" } }, z: {} }).order, ["a", "z"]);
  });

  test("passes over optional dependencies in a circle that only they close", () => {
    const result = plan({ a: prefers("b"), b: needs("a"), c: prefers("c", "b") });
    assert.deepEqual(result.order, ["a", "b", "c"]);
    assert.deepEqual(result.entries.get("a")?.dependencies, []);
    assert.deepEqual(result.entries.get("b")?.dependencies, ["a"]);
    assert.deepEqual(result.entries.get("c")?.dependencies, ["b"]);
    assert.deepEqual(result.problems, []);
  });

  test("fails a plugin whose config does not fit its schema, and fills in defaults otherwise", () => {
    const schema = { type: "object", properties: { port: { type: "integer", default: 80 } } };
    const [wish] = configWishes(["a", true]);
    assert.ok(wish !== undefined);
    const withPort = (port: unknown): Plan => plan({ a: { config_schema: schema } }, [{ ...wish, config: { port } }]);
    assert.deepEqual(plan({ a: { config_schema: schema } }).entries.get("a")?.config, { port: 80 });
    assert.deepEqual(withPort(1).entries.get("a")?.config, { port: 1 });
    assert.deepEqual(problems(withPort("x")), [
      'a PLUGO_PLUGIN_CONFIG_INVALID: The config of "a" in plugins_config.json:3:5 is not valid:\n  - config.port: must be integer, but it is "x"',
    ]);
    assert.equal(withPort("x").entries.get("a")?.status, "failed");
  });

  test("names the config's entry for a bad config, also when another source decides", () => {
    const [wish] = configWishes(["a", false]);
    assert.ok(wish !== undefined);
    const config = [{ ...wish, config: { port: "x" } }];
    const scan = scanOf({ a: { config_schema: { properties: { port: { type: "integer" } } } } });
    const env = enabledPlugins({ ENABLED_PLUGINS: "a" });
    const selection = selectPlugins({ scan, config, env, list: [], runtime: [] });
    const [problem] = buildPlan(selection, { coreVersion: undefined }).problems;
    assert.match(problem?.message ?? "", /^The config of "a" in plugins_config\.json:3:5 is not valid/);
  });

  test("gives a module a manifest of its own", () => {
    const env: Wish = {
      name: "./m.js",
      enabled: true,
      source: "env",
      reason: "",
      where: "",
      config: undefined,
      module: undefined,
    };
    const selection = selectPlugins({ scan: scanOf({}), config: undefined, env: [env], list: [], runtime: [] });
    const entry = buildPlan(selection, { coreVersion: "1.0.0" }).entries.get("./m.js");
    assert.equal(entry?.status, "ready");
    assert.equal(entry?.manifest?.file, "./m.js");
    assert.equal(entry?.manifest?.version, "0.0.0");
  });

  test("reports what is wrong with the selection before what is wrong with plugins", () => {
    const result = plan({ a: needs("nope") }, configWishes(["a", true], ["unknown", true]));
    assert.deepEqual(
      result.problems.map(({ code }) => code),
      ["PLUGO_UNKNOWN_PLUGIN", "PLUGO_DEPENDENCY_MISSING"],
    );
  });

  test("says nothing of plugins that nobody wants", () => {
    const result = plan({ a: broken("a"), b: needs("nope"), c: needs("c") }, []);
    assert.deepEqual(result.problems, []);
    assert.deepEqual(statuses(result), { a: "disabled", b: "disabled", c: "disabled" });
  });

  test("puts what can run in a topological order, and gives everything else exactly one problem", () => {
    fc.assert(
      fc.property(anyPlugins, (plugins) => {
        const result = plan(plugins);
        assert.equal(new Set(result.order).size, result.order.length);
        for (const { name, status, problem, dependencies, required } of result.entries.values()) {
          assert.equal(result.order.includes(name), status === "ready");
          assert.equal(problem === null, status === "ready");
          assert.equal(result.problems.filter((other) => other.plugin === name).length, status === "ready" ? 0 : 1);
          if (status !== "ready") continue;
          assert.deepEqual(
            required,
            (plugins[name]?.dependencies ?? []).filter((other) => required.includes(other)),
          );
          assert.equal(required.length, plugins[name]?.dependencies.length);
          for (const other of dependencies) assert.ok(result.order.indexOf(other) < result.order.indexOf(name));
        }
      }),
    );
  });

  test("is the same whatever the order in which the directory was read", () => {
    fc.assert(
      fc.property(anyPlugins, (plugins) => {
        const reversed = Object.fromEntries(Object.entries(plugins).toReversed());
        assert.deepEqual(problems(plan(reversed)), problems(plan(plugins)));
        assert.deepEqual(plan(reversed).order, plan(plugins).order);
      }),
    );
  });

  test("lets a fault reach nothing but what needs the plugin", () => {
    fc.assert(
      fc.property(anyPlugins, fc.nat(), (plugins, pick) => {
        const names = Object.keys(plugins);
        const victim = names[pick % names.length] ?? "";
        const before = plan(plugins);
        const after = plan({ ...plugins, [victim]: broken(victim) });
        const affected = new Set([victim]);
        for (const name of affected) {
          for (const other of names) {
            const { dependencies = [], optional_dependencies: optional = [] } = plugins[other] ?? {};
            if (dependencies.includes(name) || optional.includes(name)) affected.add(other);
          }
        }
        for (const name of names.filter((other) => !affected.has(other))) {
          assert.equal(after.entries.get(name)?.status, before.entries.get(name)?.status);
          assert.deepEqual(after.entries.get(name)?.dependencies, before.entries.get(name)?.dependencies);
          assert.equal(after.entries.get(name)?.problem?.message, before.entries.get(name)?.problem?.message);
        }
      }),
    );
  });

  const numbered = (count: number, metadata: (at: number) => object): Plugins =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${String(at).padStart(5, "0")}`, metadata(at)]));
  const nextOf = (at: number): string => `p${String(at + 1).padStart(5, "0")}`;

  test("holds a chain of 10 000, last dependency first", () => {
    const result = plan(numbered(10_000, (at) => (at === 9999 ? {} : needs(nextOf(at)))));
    assert.equal(result.order.length, 10_000);
    assert.equal(result.order[0], "p09999");
  });

  test("holds a chain of 10 000 whose end is missing, and shortens what it says", () => {
    const result = plan(numbered(10_000, (at) => needs(at === 9999 ? "gone" : nextOf(at))));
    assert.equal(result.problems.length, 10_000);
    const first = result.problems[0]?.message ?? "";
    assert.match(first, /^p00000 needs p00001, .* … 9982 more …, .*p09999 needs gone, which does not exist\.$/);
    assert.ok(first.length < 600);
  });

  test("holds a circle of 10 000, and shortens what it says", () => {
    const result = plan(numbered(10_000, (at) => needs(at === 9999 ? "p00000" : nextOf(at))));
    assert.equal(result.problems.length, 10_000);
    assert.match(result.problems[0]?.message ?? "", /p00000 → p00001 → .* → \(9901 more\) → .* → p00000\.$/);
  });
});

describe("blockedBy", () => {
  test("goes on from a dependency's own chain", () => {
    const result = plan({ a: needs("nope"), b: needs("a") });
    const cause = result.entries.get("b")?.problem;
    assert.ok(cause != null);
    const problem = blockedBy({ name: "c" }, "b", cause);
    assert.equal(problem.code, "PLUGO_DEPENDENCY_MISSING");
    assert.equal(problem.plugin, "c");
    assert.equal(problem.message, "c needs b, b needs a, a needs nope, which does not exist.");
  });

  test("starts a chain from any other problem, and keeps it as the cause", () => {
    const cause = broken("b");
    const problem = blockedBy({ name: "c" }, "b", cause);
    assert.equal(problem.code, "PLUGO_DEPENDENCY_FAILED");
    assert.equal(problem.cause, cause);
    assert.equal(problem.remedy, 'Mend "b"; what needs it starts with it.');
  });
});
