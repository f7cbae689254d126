import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { createFolder } from "../support/plugin-folder.ts";

describe("withoutExperimentalWarning", () => {
  test("keeps back the one warning of the feature, once, and no other", () => {
    const script = `
      import { withoutExperimentalWarning } from ${JSON.stringify(import.meta.resolve("#src/engine/without-experimental-warning.js"))};
      const seen = [];
      process.on("warning", ({ name, message }) => seen.push(name + ": " + message));
      const before = process.emitWarning;
      const warn = () => {
        process.emitWarning("vm.X is an experimental feature", "ExperimentalWarning");
        process.emitWarning("vm.X is deprecated", "DeprecationWarning");
        process.emitWarning("vm.Y is an experimental feature", { type: "ExperimentalWarning" });
        return 1;
      };
      const result = withoutExperimentalWarning("vm.X", warn);
      try { withoutExperimentalWarning("vm.Z", () => { throw new Error("x"); }); } catch {}
      const restored = process.emitWarning === before;
      withoutExperimentalWarning("vm.X", warn);
      setImmediate(() => console.log(JSON.stringify({ result, restored, seen })));`;
    const flags = ["--no-warnings", "--input-type=module", "-e", script];
    const output: unknown = JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" }));
    const others = ["DeprecationWarning: vm.X is deprecated", "ExperimentalWarning: vm.Y is an experimental feature"];
    const again = "ExperimentalWarning: vm.X is an experimental feature";
    assert.deepEqual(output, { result: 1, restored: true, seen: [...others, again, ...others] });
  });
});

describe("createRunnerEngine", () => {
  test("prints nothing while it loads a plugin with packages, JSON and late imports", () => {
    using folder = createFolder({
      "p/plugin.ts": `import "dep"; import "node:fs"; import data from "dep/data.json"; export { data };
        await import("dep"); await import("./a.json"); await import("../host.json");`,
      "p/a.json": {},
      "host.json": {},
      "p/node_modules/dep/package.json": {
        name: "dep",
        type: "module",
        exports: { ".": "./i.js", "./data.json": "./data.json" },
      },
      "p/node_modules/dep/i.js": "",
      "p/node_modules/dep/data.json": {},
    });
    const script = `
      import { createRunnerEngine } from ${JSON.stringify(import.meta.resolve("#src/engine/runner-engine.js"))};
      const folder = ${JSON.stringify(folder.at("p"))};
      const { namespace } = await createRunnerEngine({ cacheFolder: undefined, logger: console }).load({
        plugin: "p", generation: 1, folder, environment: null, entry: folder + "/plugin.ts",
        owners: { ownerOf: (file) => file.startsWith(folder) ? { kind: "plugin", name: "p" } : { kind: "host" } },
        dependency: () => undefined, declares: () => false, timers: () => globalThis, previous: undefined, restore: false,
      });
      console.log(JSON.stringify(namespace.data));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    assert.equal(stdout, "{}\n", stderr);
    assert.equal(stderr, "");
  });
});
