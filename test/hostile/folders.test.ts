import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { becomeNobody, runInChild } from "../faults/run-child.ts";
import { createFolder, plugin, type TestFolder } from "../support/plugin-folder.ts";
import { healthy, survive } from "./arena.ts";
import { oddNames } from "./json-texts.ts";

const idle = `export function initPlugin() {}`;
const isPlain = /^[\w-][\w.-]*$/;
const posix = { skip: process.platform === "win32" };
const bad = { "bad/metadata.json": {}, "bad/plugin.ts": idle };
const pipe = (folder: TestFolder, file: string): void => {
  folder.remove(file);
  execFileSync("mkfifo", [folder.at(file)]);
};

/** What can stand in a plugin directory beside files and folders, and whether "bad" can run all the same. */
const oddFolders: Readonly<
  Record<string, readonly [prepare: (folder: TestFolder) => void, phase: string | undefined]>
> = {
  "a folder named metadata.json": [
    (folder) => folder.write({ "bad/metadata.json/x": "", "bad/plugin.ts": idle }),
    "failed",
  ],
  "a folder named plugin.ts": [(folder) => folder.write({ "bad/metadata.json": {}, "bad/plugin.ts/x": "" }), "failed"],
  "a file named as a plugin": [(folder) => folder.write({ bad: idle }), undefined],
  "a link to itself": [(folder) => symlinkSync(folder.at("bad"), folder.at("bad")), undefined],
  "a link that leads nowhere": [(folder) => symlinkSync("gone", folder.at("bad")), undefined],
  "links in a circle": [
    (folder) => {
      symlinkSync(folder.at("b"), folder.at("bad"));
      symlinkSync(folder.at("bad"), folder.at("b"));
    },
    undefined,
  ],
  "a link to the plugin directory": [(folder) => symlinkSync(folder.path, folder.at("bad")), undefined],
  "a link to the root": [(folder) => symlinkSync("/", folder.at("bad")), undefined],
  "a link to a healthy plugin": [(folder) => symlinkSync(folder.at("healthy"), folder.at("bad")), "active"],
  "metadata.json, a link to itself": [
    (folder) => {
      folder.write({ "bad/plugin.ts": idle });
      symlinkSync("metadata.json", folder.at("bad/metadata.json"));
    },
    "failed",
  ],
  "metadata.json, a link that leads nowhere": [
    (folder) => {
      folder.write({ "bad/plugin.ts": idle });
      symlinkSync("gone", folder.at("bad/metadata.json"));
    },
    "failed",
  ],
  "metadata.json, a link to a device without end": [
    (folder) => {
      folder.write({ "bad/plugin.ts": idle });
      symlinkSync("/dev/zero", folder.at("bad/metadata.json"));
    },
    "failed",
  ],
  "an entry, a link to itself": [
    (folder) => {
      folder.write({ "bad/metadata.json": {} });
      symlinkSync("plugin.ts", folder.at("bad/plugin.ts"));
    },
    "failed",
  ],
  "an entry, a link that leads nowhere": [
    (folder) => {
      folder.write({ "bad/metadata.json": {} });
      symlinkSync("gone.ts", folder.at("bad/plugin.ts"));
    },
    "failed",
  ],
  "an entry, a link out of the folder": [
    (folder) => {
      folder.write({ "bad/metadata.json": {} });
      symlinkSync("../../canary/plugin.ts", folder.at("bad/plugin.ts"));
    },
    "failed",
  ],
  "a named entry behind a link out of the folder": [
    (folder) => {
      folder.write({ "bad/metadata.json": { entry: "inner/plugin.ts" } });
      symlinkSync("../../canary", folder.at("bad/inner"));
    },
    "failed",
  ],
  "an entry of 5 MB": [
    (folder) => folder.write({ "bad/metadata.json": {}, "bad/plugin.ts": `//${"x".repeat(5e6)}\n${idle}` }),
    "active",
  ],
  "an entry, 1 000 parentheses deep": [
    (folder) =>
      folder.write({
        "bad/metadata.json": {},
        "bad/plugin.ts": `const x = ${"(".repeat(1e3)}1${")".repeat(1e3)};\n${idle}`,
      }),
    "active",
  ],
  "an entry of bytes": [
    (folder) => folder.write({ "bad/metadata.json": {}, "bad/plugin.ts": Buffer.from("00ff10fe", "hex") }),
    "failed",
  ],
  "an entry in UTF-16": [
    (folder) => folder.write({ "bad/metadata.json": {}, "bad/plugin.ts": Buffer.from(`\uFEFF${idle}`, "utf16le") }),
    "failed",
  ],
  "an entry with a byte order mark": [
    (folder) => folder.write({ "bad/metadata.json": {}, "bad/plugin.ts": `\uFEFF${idle}` }),
    "active",
  ],
  "an empty entry": [(folder) => folder.write({ "bad/metadata.json": {}, "bad/plugin.ts": "" }), "failed"],
  "a package.json that is none": [(folder) => folder.write({ ...bad, "bad/package.json": "{" }), "failed"],
  "a tsconfig.json that extends itself": [
    (folder) => folder.write({ ...bad, "bad/tsconfig.json": { extends: "./tsconfig.json" } }),
    "active",
  ],
  "a tsconfig.json of wrong types": [
    (folder) =>
      folder.write({
        ...bad,
        "bad/tsconfig.json": { compilerOptions: { paths: 1, target: {}, jsx: [], outDir: 5 }, extends: 7 },
      }),
    "active",
  ],
};

describe("a plugin directory", () => {
  for (const [name, [prepare, phase]] of Object.entries(oddFolders)) {
    test(`with ${name} harms nobody`, posix, () =>
      survive({
        prepare,
        check: (outcome) => {
          assert.ok("host" in outcome);
          const found = outcome.host.snapshot().plugins.find((each) => each.name === "bad");
          if (phase !== undefined || found === undefined) assert.equal(found?.phase, phase);
        },
      }),
    );
  }

  for (const file of ["bad/metadata.json", "bad/plugin.ts", "bad/x.ts", "bad/x.json", "bad", "config.json"]) {
    test(`with a pipe as ${file} does not wait for a writer`, posix, async () => {
      using folder = createFolder({
        ...healthy,
        "bad/metadata.json": {},
        "bad/plugin.ts": `import * as x from "./x.ts"; import y from "./x.json"; export const initPlugin = () => [x, y];`,
        "bad/x.ts": "",
        "bad/x.json": {},
        "config.json": {
          plugins: [
            { name: "healthy", enabled: true },
            { name: "bad", enabled: true },
          ],
        },
      });
      pipe(folder, file);
      const { value } = await runInChild(
        `const configPath = args === "config.json" ? args : undefined;
        try {
          const host = await plugo.loadPlugins({ pluginDirectory: ".", configPath, logger: quiet, env: {}, plugins: [] });
          await host.close();
          return [...host.report.problems, ...lines].length > 0 && lines.some((line) => line.includes("[healthy] loaded"));
        } catch (error) {
          return error.code;
        }`,
        { cwd: folder.path, args: file },
      );
      assert.equal(value, file === "config.json" ? "PLUGO_CONFIG_UNREADABLE" : true);
    });
  }

  test("with what cannot be read says permission denied, for each", posix, async () => {
    using folder = createFolder({
      ...plugin("plugins/healthy", idle),
      ...plugin("plugins/metadata", idle),
      ...plugin("plugins/entry", idle),
      ...plugin("plugins/folder", idle),
      ...plugin("plugins/inner", `import "./lib/x.ts"; ${idle}`),
      "plugins/inner/lib/x.ts": "",
      "config.json": { plugins: [] },
      "locked/healthy/metadata.json": {},
    });
    const locked = [
      "plugins/metadata/metadata.json",
      "plugins/entry/plugin.ts",
      "plugins/folder",
      "plugins/inner/lib",
      "config.json",
      "locked",
    ];
    chmodSync(folder.path, 0o777);
    for (const path of locked) chmodSync(folder.at(path), 0);
    try {
      const { value } = await runInChild(
        `${becomeNobody}
        const refused = (options) => plugo.loadPlugins({ logger: quiet, env: {}, plugins: [], ...options }).then(() => "loaded", (error) => [error.code, error.message]);
        const host = await plugo.loadPlugins({ pluginDirectory: "plugins", logger: quiet, env: {}, plugins: [] });
        const problems = host.report.problems.map(({ plugin, code, message }) => [plugin, code, message]);
        const active = [...host.loaded];
        await host.close();
        return { active, problems, config: await refused({ configPath: "config.json" }), directory: await refused({ pluginDirectory: "locked" }) };`,
        { cwd: folder.path },
      );
      assert.deepEqual(value.active, ["healthy"]);
      const told = Object.fromEntries(
        value.problems.map(([name, code, message]: string[]) => [name, `${code} ${message}`]),
      );
      assert.match(told.metadata, /^PLUGO_MANIFEST_INVALID .*permission denied/s);
      assert.match(told.folder, /^PLUGO_MANIFEST_INVALID .*permission denied/s);
      assert.match(told.entry, /plugin\.ts/);
      assert.match(told.inner, /lib\/x\.ts/);
      assert.match(value.config.join(" "), /^PLUGO_CONFIG_UNREADABLE .*permission denied/);
      assert.match(value.directory.join(" "), /^PLUGO_DIRECTORY_UNREADABLE .*permission denied/);
    } finally {
      for (const path of locked) chmodSync(folder.at(path), 0o755);
    }
  });

  for (const name of oddNames.filter(
    (each) => each.length < 200 && !/[/\0]/.test(each) && each !== "." && each !== ".." && each !== "\ud83c",
  )) {
    test(`with a folder named ${JSON.stringify(name)} harms nobody`, posix, () =>
      survive({
        files: plugin(name, idle),
        check: (outcome) => {
          assert.ok("host" in outcome);
          const skipped = /^\.|^_|^node_modules$/.test(name);
          const phase = isPlain.test(name) ? "active" : "failed";
          const found = outcome.host.snapshot().plugins.find((each) => each.name === name);
          if (skipped || name === "__proto__")
            assert.equal(found?.phase ?? "skipped", found === undefined ? "skipped" : "failed");
          else assert.equal(found?.phase, phase);
        },
      }),
    );
  }

  test("with one file under many names loads each as its own", posix, () =>
    survive({
      files: plugin("one", `let count = 0; export const initPlugin = () => (count += 1);`),
      prepare(folder) {
        for (let at = 0; at < 20; at += 1) {
          mkdirSync(folder.at(`copy${at}`));
          linkSync(folder.at("one/metadata.json"), folder.at(`copy${at}/metadata.json`));
          linkSync(folder.at("one/plugin.ts"), folder.at(`copy${at}/plugin.ts`));
        }
      },
      check(outcome) {
        assert.ok("host" in outcome);
        for (let at = 0; at < 20; at += 1) assert.equal(outcome.host.get(`copy${at}`), 1);
      },
    }),
  );
});
