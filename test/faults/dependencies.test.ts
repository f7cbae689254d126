import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codes, keepLines, loadFrom, phases } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";
import {
  assertWellTold,
  broken,
  checkFault,
  configOf,
  everybody,
  idle,
  onlyProblemOf,
  type Fault,
} from "./surroundings.ts";

const file = "%/broken/metadata.json";
const disabling = (folder: { at: (path: string) => string }): object => ({ configPath: folder.at("config.json") });

const faults: Readonly<Record<string, Fault>> = {
  "whose core_version is not met": {
    files: broken(idle, { core_version: "^3.0.0" }),
    options: { coreVersion: "2.1.0" },
    code: "PLUGO_CORE_VERSION",
    phase: "blocked",
    says: ['"broken" needs the application at ^3.0.0, but it is 2.1.0'],
    remedy: `Use a version of the plugin for this application, or correct "core_version" in "${file}".`,
  },
  "whose dependency has another version": {
    files: broken(idle, { dependencies: { ahead: "^2.0.0" } }),
    code: "PLUGO_DEPENDENCY_VERSION",
    phase: "blocked",
    says: ['"broken" needs "ahead" at ^2.0.0, but it is 1.0.0'],
    remedy: `Use another version of "ahead", or correct the range in "${file}".`,
  },
  "whose dependency does not exist": {
    files: broken(idle, { dependencies: ["aheat"] }),
    code: "PLUGO_DEPENDENCY_MISSING",
    phase: "blocked",
    says: ["broken needs aheat, which does not exist.", 'Did you mean "ahead"?'],
    remedy: `Add the plugin "aheat", or remove it from the dependencies of "broken" in "${file}".`,
    dependentCode: "PLUGO_DEPENDENCY_MISSING",
  },
  "whose dependency is disabled in the config": {
    files: {
      ...broken(idle, { dependencies: ["off"] }),
      ...plugin("off", idle),
      "config.json": configOf([...everybody, { name: "off", enabled: false }]),
    },
    options: disabling,
    code: "PLUGO_DEPENDENCY_DISABLED",
    phase: "blocked",
    says: ["broken needs off, off is disabled in %/config.json."],
    remedy: 'Enable "off" (%/config.json:19:5), or disable what needs it.',
    dependentCode: "PLUGO_DEPENDENCY_DISABLED",
  },
  "whose dependency is inactive in PLUGINS": {
    files: { ...broken(idle, { dependencies: ["off"] }), ...plugin("off", idle) },
    options: {
      plugins: [
        { pluginName: "off", status: "inactive", importClassDetails: { modulePath: "x", moduleClassName: "X" } },
      ],
    },
    code: "PLUGO_DEPENDENCY_DISABLED",
    phase: "blocked",
    says: ["broken needs off, off is inactive in PLUGINS."],
    remedy: 'Enable "off" (PLUGINS[0]), or disable what needs it.',
    dependentCode: "PLUGO_DEPENDENCY_DISABLED",
  },
  "whose dependency is disabled and broken": {
    files: {
      ...broken(idle, { dependencies: ["off"] }),
      "off/metadata.json": "{",
      "config.json": configOf([...everybody, { name: "off", enabled: false }]),
    },
    options: disabling,
    code: "PLUGO_DEPENDENCY_DISABLED",
    phase: "blocked",
    says: ["broken needs off, off is disabled"],
    remedy: 'Enable "off"',
    dependentCode: "PLUGO_DEPENDENCY_DISABLED",
  },
  "that depends on itself": {
    files: broken(idle, { dependencies: ["broken"] }),
    code: "PLUGO_CYCLE",
    says: ["The plugins depend on each other in a circle: broken → broken"],
    remedy: 'Remove one of these dependencies, or move it to "optional_dependencies" in the metadata.json of "broken".',
  },
};

describe("loadPlugins", () => {
  for (const [name, fault] of Object.entries(faults)) {
    test(`keeps back a plugin ${name}, and what needs it`, () => checkFault(fault));
  }

  test("fails the members of a circle with the whole path, and blocks what stands on them", async () => {
    using folder = createFolder({
      ...plugin("a", idle, { dependencies: ["b"] }),
      ...plugin("b", idle, { dependencies: ["c"] }),
      ...plugin("c", idle, { dependencies: ["a"] }),
      ...plugin("d", idle, { dependencies: ["c"] }),
      ...plugin("e", idle, { dependencies: ["d"] }),
      ...plugin("healthy", idle),
      ...plugin("zealous", idle, { dependencies: ["healthy"] }),
    });
    const logger = keepLines();
    await using host = await loadFrom(folder, { logger });
    const [failed, blocked, active] = ["failed", "blocked", "active"];
    assert.deepEqual(phases(host), {
      ...{ a: failed, b: failed, c: failed, d: blocked, e: blocked },
      ...{ healthy: active, zealous: active },
    });
    for (const name of ["a", "b", "c"]) {
      const problem = onlyProblemOf(host, name);
      assert.equal(problem.code, "PLUGO_CYCLE");
      assert.match(problem.message, /a → b → c → a\.$/);
      assertWellTold(problem, host, logger);
    }
    const { message } = onlyProblemOf(host, "e");
    assert.match(message, /^e needs d, d needs c, c failed: .*a → b → c → a\.$/);
    assert.equal(logger.lines.filter((line) => line.startsWith("error ")).length, 5);
  });

  test("names the whole chain from a blocked plugin to a failed one", async () => {
    using folder = createFolder({
      ...plugin("a", `export function initPlugin() { throw new Error("the disk is full"); }`),
      ...plugin("b", idle, { dependencies: ["a"] }),
      ...plugin("c", idle, { dependencies: ["b"] }),
      ...plugin("d", idle, { dependencies: ["c"] }),
      ...plugin("healthy", idle),
    });
    const logger = keepLines();
    await using host = await loadFrom(folder, { logger });
    assert.deepEqual([...host.loaded], ["healthy"]);
    const problem = onlyProblemOf(host, "d");
    assert.equal(problem.code, "PLUGO_DEPENDENCY_FAILED");
    assert.match(problem.message, /^d needs c, c needs b, b needs a, a failed: .*the disk is full\.$/);
    assert.match(problem.remedy, /^Mend "a"/);
    for (const name of ["b", "c", "d"]) assertWellTold(onlyProblemOf(host, name), host, logger);
  });

  for (const [fault, code] of [
    ["throws at once", `throw new Error("no"); export const x = 1;`],
    ["throws later", `await null; throw new Error("no"); export const x = 1;`],
    ["imports a package that is not there", `import y from "no-such-package-of-plugo"; export const x = y; ${idle}`],
    ["has no initPlugin", "await null; export const x = 1;"],
    ["waits forever", "await new Promise(() => {}); export const x = 1;"],
    ["has a syntax error", "export const x = ;"],
  ] as const) {
    test(`blocks what imports from a plugin whose module ${fault}, and names the chain`, async () => {
      using folder = createFolder({
        ...plugin("a", code),
        ...plugin("b", `import { x } from "../a/plugin.ts"; export const y = x; ${idle}`, { dependencies: ["a"] }),
        ...plugin("c", `import { y } from "../b/plugin.ts"; export const z = y; ${idle}`, { dependencies: ["b"] }),
        ...plugin("healthy", idle),
      });
      const logger = keepLines();
      await using host = await loadFrom(folder, { logger, initTimeoutMs: 50 });
      assert.deepEqual(phases(host), { a: "failed", b: "blocked", c: "blocked", healthy: "active" });
      assert.match(onlyProblemOf(host, "b").message, /^b needs a, a failed: /);
      assert.match(onlyProblemOf(host, "c").message, /^c needs b, b needs a, a failed: /);
      for (const name of ["a", "b", "c"]) assertWellTold(onlyProblemOf(host, name), host, logger);
    });
  }

  test("tells a failure that another plugin's state caused as the plugin's own", async () => {
    let get: (name: string) => unknown = () => undefined;
    using folder = createFolder({
      ...plugin("a", idle),
      ...plugin("b", `export const initPlugin = ({ get }: any) => get("c");`),
      ...plugin("c", idle),
    });
    const context = { get: (name: string): unknown => get(name) };
    await using host = await loadFrom(folder, { context });
    await host.disable("c");
    ({ get } = host);
    await host.reload("b");
    assert.deepEqual(codes(host), ["b: PLUGO_INIT_FAILED"]);
    assert.match(onlyProblemOf(host, "b").message, /"c" is not active/);
  });

  test("blocks a plugin by what is disabled at run time, and names who asked", async () => {
    using folder = createFolder({
      ...plugin("a", idle),
      ...plugin("b", idle, { dependencies: ["a"] }),
      ...plugin("c", idle),
    });
    await using host = await loadFrom(folder);
    await host.disable("a");
    assert.deepEqual(phases(host), { a: "disabled", b: "blocked", c: "active" });
    assert.deepEqual(codes(host), ["b: PLUGO_DEPENDENCY_DISABLED"]);
    assert.match(onlyProblemOf(host, "b").message, /^b needs a, a is disabled at run time\.$/);
    assert.match(onlyProblemOf(host, "b").remedy, /^Enable "a" \(host\.disable\)/);
  });
});
