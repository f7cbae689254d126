import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import {
  consolidatePluginRequirements,
  isPlugoError,
  type ConsolidateOptions,
  type ConsolidatedRequirements,
  type ConsolidationConflictError,
} from "@plugo/node";
import { keepLines, loadFrom } from "../../support/load.ts";
import { createFolder, type Files, type TestFolder } from "../../support/plugin-folder.ts";

/** An application with these `package.json` files in its plugins `a`, `b`, …; `null` for a plugin without one. */
function application(packages: Readonly<Record<string, object | string | null>>, more: Files = {}): TestFolder {
  const files: Record<string, unknown> = { "package.json": { name: "app" } };
  for (const [name, content] of Object.entries(packages)) {
    files[`plugins/${name}/metadata.json`] = {};
    files[`plugins/${name}/plugin.js`] = "export function initPlugin() {}";
    if (content !== null) files[`plugins/${name}/package.json`] = content;
  }
  return createFolder({ ...files, ...more });
}

function run(folder: TestFolder, options: Partial<ConsolidateOptions> = {}): Promise<ConsolidatedRequirements> {
  return consolidatePluginRequirements({
    pluginDirectory: folder.at("plugins"),
    loadedPlugins: readdirSync(folder.at("plugins")),
    outputFile: folder.at("out.json"),
    logger: keepLines(),
    ...options,
  });
}

async function rejection(promise: Promise<unknown>): Promise<ConsolidationConflictError> {
  const error: unknown = await promise.then(
    () => assert.fail("it resolved"),
    (reason: unknown) => reason,
  );
  assert.ok(isPlugoError(error), String(error));
  return error as ConsolidationConflictError;
}

const conflicting = {
  a: { dependencies: { lodash: "^3.0.0", chalk: "^5.1.0" } },
  b: '{\n  "dependencies": {\n    "lodash": "^4.17.0",\n    "chalk": "^5.0.0"\n  }\n}',
  c: null,
};

describe("consolidatePluginRequirements", () => {
  test("writes what the loaded plugins need, merged and sorted, with who wants what", async () => {
    using folder = application({
      a: {
        // As npm has it, what is in both is optional.
        dependencies: { zod: "^4.0.0", lodash: "^4.0.0 || ^3.10.0", sharp: "^0.1.0" },
        optionalDependencies: { sharp: "^0.34.0" },
      },
      b: { dependencies: { lodash: ">=3.0.0" }, optionalDependencies: { zod: "~4.1.0", sharp: ">=0.30.0" } },
      c: { dependencies: { other: "1.0.0" } },
    });
    const result = await run(folder, { loadedPlugins: new Set(["b", "a"]) });
    const dependencies = { lodash: "^4.0.0 || ^3.10.0", zod: "~4.1.0" };
    const optionalDependencies = { sharp: "^0.34.0" };
    assert.deepEqual(result, { dependencies, optionalDependencies, conflicts: [], outputFile: folder.at("out.json") });
    const expected = {
      name: "package-plugins",
      version: "0.0.0",
      private: true,
      dependencies,
      optionalDependencies,
      plugo: {
        sources: {
          lodash: { a: "^4.0.0 || ^3.10.0", b: ">=3.0.0" },
          sharp: { a: "^0.34.0", b: ">=0.30.0" },
          zod: { a: "^4.0.0", b: "~4.1.0" },
        },
      },
    };
    assert.equal(readFileSync(folder.at("out.json"), "utf8"), `${JSON.stringify(expected, undefined, 2)}\n`);
  });

  test("counts the plugins of a host", async () => {
    // A node_modules of its own, so that nothing is installed.
    const modules = { "plugins/a/node_modules/zod/package.json": { name: "zod", version: "4.0.0" } };
    using folder = application({ a: { dependencies: { zod: "^4.0.0" } }, b: null }, modules);
    await using host = await loadFrom(folder, { pluginDirectory: folder.at("plugins") });
    const logger = keepLines();
    assert.deepEqual((await run(folder, { loadedPlugins: host, logger })).dependencies, { zod: "^4.0.0" });
    assert.deepEqual(
      logger.lines.filter((line) => line.startsWith("warn")),
      [],
    );
  });

  test("writes nothing and rejects with the conflicts, with plugins, ranges and places", async () => {
    using folder = application(conflicting);
    const before = readdirSync(folder.path);
    const error = await rejection(run(folder));
    assert.equal(error.code, "PLUGO_CONSOLIDATE_CONFLICT");
    const [conflict] = error.conflicts;
    assert.equal(error.conflicts.length, 1);
    assert.equal(conflict?.package, "lodash");
    assert.deepEqual(
      conflict.requirements.map(({ plugin, range, where }) => [plugin, range, where.replace(/^.*(plugins)/, "$1")]),
      [
        ["a", "^3.0.0", "plugins/a/package.json:3:15"],
        ["b", "^4.17.0", "plugins/b/package.json:3:15"],
      ],
    );
    assert.match(error.message, /lodash\n {4}a {2}\^3\.0\.0 {3}\S+:3:15\n {4}b {2}\^4\.17\.0 {2}\S+:3:15$/);
    assert.match(error.remedy, /"nest".*"highest"/);
    assert.deepEqual(readdirSync(folder.path), before);
  });

  test("keeps with nest what each plugin wants of a conflicting package", async () => {
    using folder = application(conflicting);
    const { dependencies, conflicts } = await run(folder, { strategy: "nest" });
    assert.deepEqual(dependencies, { chalk: "^5.1.0" });
    assert.equal(conflicts.length, 1);
    const written = JSON.parse(readFileSync(folder.at("out.json"), "utf8")) as { plugo: { nested: unknown } };
    assert.deepEqual(written.plugo.nested, { a: { lodash: "^3.0.0" }, b: { lodash: "^4.17.0" } });
    await run(folder, { strategy: "nest", format: "list" });
    assert.equal(readFileSync(folder.at("out.json"), "utf8"), "chalk@^5.1.0\nlodash@^3.0.0\nlodash@^4.17.0\n");
  });

  test("warns with highest of each plugin that gets another version than it wants", async () => {
    using folder = application(conflicting);
    const logger = keepLines();
    const { dependencies } = await run(folder, { strategy: "highest", format: "list", logger });
    assert.deepEqual(dependencies, { chalk: "^5.1.0", lodash: "^4.17.0" });
    const warnings = logger.lines.filter((line) => line.startsWith("warn"));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /\[a\] wants lodash \^3\.0\.0 \(\S+:3:15\) and gets \^4\.17\.0/);
  });

  test("rejects with highest when there is no order between what is wanted", async () => {
    using folder = application({
      a: { dependencies: { lodash: "latest" } },
      b: { dependencies: { lodash: "^4.0.0" } },
    });
    const { code, remedy, conflicts } = await rejection(run(folder, { strategy: "highest" }));
    assert.deepEqual([code, conflicts.length], ["PLUGO_CONSOLIDATE_CONFLICT", 1]);
    assert.doesNotMatch(remedy, /"highest"/);
  });

  test("leaves out what comes from the application, and what is for development", async () => {
    const packages = {
      a: {
        dependencies: { react: "^19.0.0", express: "^5.0.0", zod: "^4.0.0" },
        devDependencies: { typescript: "*" },
        peerDependencies: { express: "^5.0.0", koa: "^3.0.0" },
      },
    };
    using folder = application(packages, { "package.json": { plugo: { sharedDependencies: ["react"] } } });
    assert.deepEqual((await run(folder)).dependencies, { zod: "^4.0.0" });
  });

  test("loses no alias, tag, address or path, and writes paths relative to the output", async () => {
    using folder = application({
      a: {
        dependencies: {
          alias: "npm:lodash@^4.0.0",
          any: "",
          archive: "file:./vendor/x.tgz",
          git: "github:owner/repository#v1",
          remote: "https://registry.test/x.tgz",
          tag: "next",
        },
      },
    });
    const { dependencies } = await run(folder, { outputFile: folder.at("deploy/out.json") });
    assert.deepEqual(dependencies, {
      alias: "npm:lodash@^4.0.0",
      any: "*",
      archive: "file:../plugins/a/vendor/x.tgz",
      git: "github:owner/repository#v1",
      remote: "https://registry.test/x.tgz",
      tag: "next",
    });
    assert.equal(readFileSync(folder.at("deploy/out.json"), "utf8").includes(folder.path), false);
  });

  test("rejects once for all package.json files that are not valid", async () => {
    using folder = application({ a: "{ no", b: { dependencies: { lodash: 4 } }, c: null });
    const { code, message } = await rejection(run(folder));
    assert.equal(code, "PLUGO_MANIFEST_INVALID");
    assert.match(message, /a\/package\.json:1:3 /);
    assert.match(message, /b\/package\.json:3:15 dependencies\.lodash: must be a version range/);
    assert.equal(readdirSync(folder.path).includes("out.json"), false);
  });

  test("warns of overrides, which count for one plugin alone", async () => {
    using folder = application({ a: { dependencies: { lodash: "^4.0.0" }, overrides: { minimist: "^1.2.6" } } });
    const logger = keepLines();
    await run(folder, { logger });
    assert.equal(logger.lines.filter((line) => /^warn "overrides" in .*a\/package\.json" count/.test(line)).length, 1);
  });

  test("warns of a name that no directory has, with the nearest one", async () => {
    using folder = application({ sample: null });
    const logger = keepLines();
    await run(folder, { loadedPlugins: ["sampel"], logger });
    assert.match(logger.lines.join("\n"), /^warn No plugin is named "sampel".*Did you mean "sample"\?$/m);
  });

  test("leaves a file alone that holds just that already, and leaves nothing else", async () => {
    using folder = application(conflicting);
    await run(folder, { strategy: "nest" });
    const { ino, mtimeMs } = statSync(folder.at("out.json"));
    await run(folder, { strategy: "nest" });
    const after = statSync(folder.at("out.json"));
    assert.deepEqual([after.ino, after.mtimeMs], [ino, mtimeMs]);
    assert.deepEqual(readdirSync(folder.path).toSorted(), ["out.json", "package.json", "plugins"]);
  });

  test("says when the file cannot be written, and leaves nothing", async () => {
    using folder = application({ a: null }, { "out.json/inside": "" });
    const { code, message } = await rejection(run(folder));
    assert.equal(code, "PLUGO_CONSOLIDATE_UNWRITABLE");
    assert.match(message, /"\S+out\.json" cannot be written: /);
    assert.deepEqual(readdirSync(folder.path).toSorted(), ["out.json", "package.json", "plugins"]);
  });

  const mistakes: readonly (readonly [option: string, value: unknown])[] = [
    ["pluginDirectory", ""],
    ["pluginDirectory", []],
    ["loadedPlugins", "a"],
    ["loadedPlugins", undefined],
    ["loadedPlugins", [1]],
    ["format", "yaml"],
    ["strategy", "lowest"],
    ["outputFile", 1],
    ["logger", {}],
    ["outputfile", "x"],
  ];
  for (const [option, value] of mistakes) {
    test(`refuses ${option}: ${JSON.stringify(value)}, and names the call`, async () => {
      using folder = application({ a: null });
      const { code, message, remedy } = await rejection(run(folder, { [option]: value }));
      assert.match(code, /^PLUGO_OPTION_(?:INVALID|UNKNOWN)$/);
      assert.ok(message.includes(`"${option}"`), message);
      assert.match(remedy, /in the call of consolidatePluginRequirements\.$/);
    });
  }
});
