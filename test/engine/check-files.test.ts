import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFileCheck } from "#src/engine/check-files.js";
import { keepLines } from "../support/load.ts";
import { createFolder, type Files } from "../support/plugin-folder.ts";

/** The code of what is wrong with a plugin's files, and the message. */
function check(files: Files, willHave: readonly string[] = []): readonly [code: string, message: string] | undefined {
  using folder = createFolder(files);
  const problem = createFileCheck({ cacheFolder: undefined, logger: keepLines() })({
    plugin: "a",
    folder: folder.at("a"),
    environment: null,
    entry: folder.at("a/plugin.ts"),
    owners: {
      ownerOf: (file) => {
        const name = ["a", "b"].find((plugin) => file.startsWith(folder.at(`${plugin}/`)));
        return name === undefined ? { kind: "host" } : { kind: "plugin", name };
      },
    },
    declares: (name) => name === "declared",
    willHave: (name) => willHave.includes(name),
  });
  return problem === undefined ? undefined : [problem.code, problem.message];
}

const init = "export function initPlugin() {}";

describe("createFileCheck", () => {
  test("runs nothing", () => {
    const loud = `throw new Error("it runs"); ${init}`;
    assert.equal(check({ "a/plugin.ts": loud }), undefined);
    assert.equal(check({ "a/plugin.ts": `import "./more.ts"; ${init}`, "a/more.ts": loud }), undefined);
  });

  const faults: readonly (readonly [what: string, files: Files, code: string, message: RegExp])[] = [
    ["a syntax error", { "a/plugin.ts": "export function (" }, "PLUGO_SYNTAX", /plugin\.ts:1:17/],
    [
      "one in a file that is imported",
      { "a/plugin.ts": `import "./more.ts"; ${init}`, "a/more.ts": "\nlet = ;" },
      "PLUGO_SYNTAX",
      /more\.ts:2/,
    ],
    [
      "a file that is not there",
      { "a/plugin.ts": `import "./gone.ts"; ${init}` },
      "PLUGO_IMPORT_NOT_FOUND",
      /gone\.ts/,
    ],
    [
      "a name that is not exported",
      { "a/plugin.ts": `import { two } from "./more.ts"; ${init}; two;`, "a/more.ts": "export const one = 1;" },
      "PLUGO_IMPORT_NAME_MISSING",
      /no export named "two"/,
    ],
    [
      "another plugin's file without a dependency",
      { "a/plugin.ts": `import { x } from "../b/x.ts"; ${init}; x;`, "b/x.ts": "export const x = 1;" },
      "PLUGO_IMPORT_UNDECLARED",
      /plugin "b"/,
    ],
    [
      "a package that is not there",
      { "a/plugin.ts": `import "no-such-package"; ${init}` },
      "PLUGO_IMPORT_NOT_FOUND",
      /no-such-package/,
    ],
    ["no initPlugin", { "a/plugin.ts": "export const a = 1;" }, "PLUGO_NO_INIT", /plugin\.ts/],
  ];
  for (const [what, files, code, message] of faults) {
    test(`finds ${what}`, () => {
      const found = check(files);
      assert.equal(found?.[0], code);
      assert.match(found?.[1] ?? "", message);
    });
  }

  test("accepts packages that are there, that will be there, and builtins", () => {
    const files = {
      "a/plugin.ts": `import "node:fs"; import "there/sub"; import type { X } from "gone"; import "@s/coming/x"; ${init}`,
      "node_modules/there/package.json": { name: "there", exports: { "./sub": "./sub.js" } },
      "node_modules/there/sub.js": "",
    };
    assert.equal(check(files, ["@s/coming"]), undefined);
    assert.equal(check(files)?.[0], "PLUGO_IMPORT_NOT_FOUND");
  });

  test("accepts every way to be a plugin that can be seen without running it", () => {
    for (const code of [
      init,
      "export default class {}",
      `export * from "./more.ts"`,
      `export { x as initPlugin } from "./more.ts"`,
    ]) {
      const more = "export function initPlugin() {} export const x = initPlugin;";
      assert.equal(check({ "a/plugin.ts": code, "a/more.ts": more }), undefined, code);
    }
  });
});
