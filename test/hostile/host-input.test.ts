import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadPlugins, perPlugin, type LoadPluginsOptions } from "@plugo/node";
import fc from "fast-check";
import { createConsoleLogger, prefixedLogger } from "#src/kernel/logger.js";
import { loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";
import { assertPresentable, inTime, survive } from "./arena.ts";
import { oddNames } from "./json-texts.ts";

const seed = 20_240_503;
const throwing = (): never => {
  throw new Error("no");
};
const proxyThatThrows = new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getPrototypeOf: throwing });
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
})();

/** Values that no entry of PLUGINS, no option and no context expects. */
const oddValues: Readonly<Record<string, unknown>> = {
  undefined,
  null: null,
  "a boolean": true,
  "a number": 7,
  NaN: Number.NaN,
  "a text": "odd",
  "an empty text": "",
  "a symbol": Symbol("odd"),
  "a bigint": 1n,
  "a function": () => {},
  "a class": Map,
  "a list": [],
  "a list of odd things": [null, undefined, Symbol("x"), {}],
  "an object": {},
  "an object without a prototype": Object.create(null),
  "a proxy that throws": proxyThatThrows,
  "a revoked proxy": revoked,
  "a date": new Date(Number.NaN),
  "a map": new Map([[{}, {}]]),
  "a promise": Promise.resolve(1),
  "an object with getters that throw": Object.defineProperties(
    {},
    {
      pluginName: { enumerable: true, get: throwing },
      debug: { enumerable: true, get: throwing },
      // oxlint-disable-next-line unicorn/no-thenable
      then: { enumerable: true, get: throwing },
    },
  ),
};

const details = { modulePath: "no-such-module-of-plugo", moduleClassName: "X" };

describe("PLUGINS", () => {
  for (const [name, value] of Object.entries(oddValues)) {
    test(`with ${name} as an entry or a part of one is told, or passed over`, () => {
      const entries: unknown[] = [
        value,
        { pluginName: value, status: "active", importClassDetails: details },
        { pluginName: "odd1", status: value, importClassDetails: details },
        { pluginName: "odd2", status: "active", importClassDetails: value },
        { pluginName: "odd3", status: "active", importClassDetails: { modulePath: value, moduleClassName: "X" } },
        { pluginName: "odd4", status: "active", importClassDetails: { modulePath: "node:fs", moduleClassName: value } },
        { pluginName: "odd5", status: "inactive", importClassDetails: value },
      ];
      return survive({
        options: { plugins: entries as never },
        check(outcome) {
          assert.ok("host" in outcome);
          assert.deepEqual([...outcome.host.loaded], ["healthy"]);
        },
      });
    });
  }

  test("with names that no plugin can have is told", () =>
    survive({
      options: {
        plugins: oddNames.map((pluginName) => ({ pluginName, status: "active" as const, importClassDetails: details })),
      },
    }));

  test("with exports of odd names or kinds is told", () => {
    const names = ["__proto__", "constructor", "then", "\0", "x".repeat(10_000), "default", "constants", "F_OK"];
    return survive({
      options: {
        plugins: names.map((moduleClassName, at) => ({
          pluginName: `odd${at}`,
          status: "active" as const,
          importClassDetails: { modulePath: "node:fs", moduleClassName },
        })),
      },
    });
  });

  test("of a list that grows while it is read, or is a proxy that throws, is told, or used", async () => {
    const plugins: unknown[] = [{ pluginName: "odd", status: "active", importClassDetails: details }];
    Object.defineProperty(plugins, 1, {
      enumerable: true,
      get: () => (plugins.length < 50 ? plugins.push(plugins[0]) : throwing()),
    });
    await survive({ options: { plugins: plugins as never } });
    await survive({ options: { plugins: new Proxy([], { get: throwing }) }, mayReject: true });
  });
});

describe("loadPlugins", () => {
  const options: readonly (keyof LoadPluginsOptions)[] = [
    ...(["pluginDirectory", "configPath", "context", "logger", "coreVersion", "initTimeoutMs"] as const),
    ...(["disposeTimeoutMs", "strict", "engine", "plugins", "env", "signal"] as const),
  ];
  const healthy = plugin("healthy", `export const initPlugin = (context: any) => [context];`);

  for (const [name, value] of Object.entries(oddValues)) {
    for (const option of options) {
      test(`with ${name} as ${option} rejects with a PlugoError, or resolves`, async () => {
        using folder = createFolder(healthy);
        const load = loadFrom(folder, { [option]: value });
        await inTime(
          load.then((host) => host.close(), assertPresentable),
          option,
        );
      });
    }

    test(`with ${name} as its options rejects with a PlugoError, or resolves`, async () => {
      const load = loadPlugins(value as never);
      await inTime(
        load.then((host) => host.close(), assertPresentable),
        "options",
      );
    });

    test(`with ${name} in its context hands it over`, async () => {
      using folder = createFolder(healthy);
      await using host = await inTime(loadFrom(folder, { context: { odd: value } }), "loadPlugins");
      assert.equal(host.get<{ odd: unknown }[]>("healthy")[0]?.odd, value);
    });
  }

  for (const list of [null, 7, {}, ["healthy"], Symbol("odd"), () => {}]) {
    test(`with ${typeof list} as ENABLED_PLUGINS passes it over`, () =>
      survive({ options: { env: { ENABLED_PLUGINS: list as never } } }));
  }

  test("calls no getter inside the context, and takes no mock for a view", async () => {
    const calls: string[] = [];
    const config = Object.defineProperty({}, "db", { enumerable: true, get: () => calls.push("db") });
    const mock = new Proxy({}, { get: (_, key) => calls.push(String(key)) && ((): string => "view") });
    using folder = createFolder(healthy);
    await using host = await loadFrom(folder, { context: { config, mock } });
    const [context] = host.get<{ mock: unknown }[]>("healthy");
    assert.equal(context?.mock, mock);
    assert.deepEqual(calls, []);
  });

  test("with a context whose getter throws rejects with a PlugoError", async () => {
    using folder = createFolder(healthy);
    const context = Object.defineProperty({}, "db", { enumerable: true, get: throwing });
    await assert.rejects(loadFrom(folder, { context }), {
      code: "PLUGO_OPTION_INVALID",
      message: /^The option "context" must be/,
    });
  });

  test("with a context in circles, 100 000 deep or wide hands it over", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    let deep: object = {};
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`key${at}`, at]));
    using folder = createFolder(healthy);
    await using host = await inTime(loadFrom(folder, { context: { circle, deep, wide } }), "loadPlugins");
    assert.deepEqual(Object.keys(host.get<object[]>("healthy")[0] ?? {}), ["circle", "deep", "wide"]);
  });

  for (const [name, error] of Object.entries({
    "an error": new Error("no"),
    undefined,
    "a proxy": proxyThatThrows,
  })) {
    test(`with a per-plugin value that throws ${name} fails only the plugin that reads it`, async () => {
      using folder = createFolder({
        ...healthy,
        ...plugin("odd", `export const initPlugin = ({ view }: any) => view;`),
      });
      const view = perPlugin(() => {
        // oxlint-disable-next-line typescript/only-throw-error
        throw error;
      });
      await using host = await loadFrom(folder, { context: { view } });
      assert.deepEqual([...host.loaded], ["healthy"]);
      assert.equal(host.report.problems[0]?.code, "PLUGO_INIT_FAILED");
    });
  }
});

describe("the default logger", () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\u001B[2J", "\u001B]0;x\u0007", "\u009B31m", "\r", "\u0008", "\u202E", "\u2028"),
  );
  for (const isTTY of [true, false]) {
    test(`lets no control character of a message through (${isTTY ? "terminal" : "file"})`, () => {
      fc.assert(
        fc.property(fc.array(odd), (parts) => {
          let text = "";
          const stream = { isTTY, write: (chunk: string) => (text += chunk) } as unknown as NodeJS.WriteStream;
          const logger = prefixedLogger(createConsoleLogger(stream), "odd");
          for (const level of ["debug", "info", "warn", "error"] as const) logger[level](parts.join(""));
          // oxlint-disable-next-line no-control-regex -- the label's own colour
          const rest = isTTY ? text.replaceAll(/\u001B\[3\dm/g, "") : text;
          // oxlint-disable-next-line no-control-regex
          assert.doesNotMatch(rest, /[\0-\u0008\u000B-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/);
        }),
        { seed, numRuns: 300 },
      );
    });
  }
});
