import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Files } from "../support/plugin-folder.ts";
import { createBench, inPlugin } from "./engine-bench.ts";

interface Fault {
  readonly title: string;
  readonly files: Files;
  readonly code: string;
  /** All that the message and the remedy have to say. */
  readonly says: readonly RegExp[];
}

const faults: readonly Fault[] = [
  {
    title: "a relative import of nothing",
    files: { "plugin.ts": "// one\nimport { a } from './gone.js';\nexport { a };" },
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: [/"\.\/gone\.js"/, /p[/\\]plugin\.ts:2:19/, /> 2 \| import \{ a \} from '\.\/gone\.js';/, /create the file/],
  },
  {
    title: "an import of nothing in an inner file",
    files: { "plugin.ts": "import './a.ts';", "a.ts": "export * from '../nowhere';" },
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: [/p[/\\]a\.ts:1:15/],
  },
  {
    title: "a package that is not installed",
    files: { "plugin.ts": "import x from '@scope/absent/sub';\nexport { x };" },
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: [/plugin\.ts:1:15/, /npm install @scope\/absent"/],
  },
  {
    title: "a path that a package does not export",
    files: {
      "plugin.ts": "import 'closed/inside';",
      "node_modules/closed/package.json": { name: "closed", exports: { ".": "./i.js" } },
    },
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: [/"closed\/inside"/, /Correct the path: .*\.\/inside/],
  },
  {
    title: "a builtin that does not exist",
    files: { "plugin.ts": "import 'node:nothing';" },
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: [/node:nothing/, /no such module/],
  },
  {
    title: "a #import that no package.json has",
    files: { "plugin.ts": "import '#nothing';" },
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: [/"imports" in the nearest package\.json/],
  },
  {
    title: "a name that an own file does not export",
    files: {
      "plugin.ts": "import {\n  inc,\n  cont,\n} from './a.ts';\nexport { inc, cont };",
      "a.ts": "export let count = 0; export const inc = () => count++;",
    },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/no export named "cont"/, /plugin\.ts:3:3/, /> 3 \| {3}cont,/, /Did you mean "count"\?/],
  },
  {
    title: "a name that is passed on from where it is not",
    files: {
      "plugin.ts": "import { a } from './a.ts'; export { a };",
      "a.ts": "export { a } from './b.ts';",
      "b.ts": "export {};",
    },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/"\.\/b\.ts" has no export named "a"/, /a\.ts:1:10/],
  },
  {
    title: "a name that only two export * give, differently",
    files: {
      "plugin.ts": "import { both } from './all.ts'; export { both };",
      "all.ts": "export * from './a.ts'; export * from './b.ts';",
      "a.ts": "export const both = 1;",
      "b.ts": "export const both = 2;",
    },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/"both"/],
  },
  {
    title: "a name that export * of a package does not bring",
    files: {
      "plugin.ts": "import { nme } from './all.ts'; export { nme };",
      "all.ts": "export * from 'esm-dep';",
      "node_modules/esm-dep/package.json": { name: "esm-dep", type: "module", main: "i.js" },
      "node_modules/esm-dep/i.js": "export const name = 1;",
    },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/Did you mean "name"\?/],
  },
  {
    title: "a name that a builtin does not export",
    files: { "plugin.ts": "import { readFile, readFilee } from 'node:fs'; export { readFile, readFilee };" },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/"node:fs" has no export named "readFilee"/, /plugin\.ts:1:20/],
  },
  {
    title: "a default that is not there",
    files: { "plugin.ts": "import a from './a.ts'; export { a };", "a.ts": "export const b = 1;" },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/"default"/],
  },
  {
    title: "a name of a CommonJS file that it does not set",
    files: { "plugin.ts": "import { b } from './a.cjs'; export { b };", "a.cjs": "exports.a = 1;" },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/"b"/, /plugin\.ts:1:10/],
  },
  {
    title: "a name of a JSON file",
    files: { "plugin.ts": "import { a } from './a.json'; export { a };", "a.json": { a: 1 } },
    code: "PLUGO_IMPORT_NAME_MISSING",
    says: [/"a"/],
  },
  {
    title: "an import whose case is not the file's",
    files: { "plugin.ts": "import './Lib/Thing.js';", "lib/thing.ts": "" },
    code: "PLUGO_IMPORT_CASE",
    says: [/"\.\/Lib\/Thing\.js"/, /plugin\.ts:1:8/, /lib[/\\]thing\.ts"/],
  },
  {
    title: "a require of an ES module of the plugin",
    files: { "plugin.ts": "import './a.cjs';", "a.cjs": "\nrequire('./b.mjs');", "b.mjs": "export const b = 1;" },
    code: "PLUGO_REQUIRE_ESM",
    says: [/"\.\/b\.mjs"/, /a\.cjs:2:9/, /await import\("\.\/b\.mjs"\)/],
  },
  {
    title: "a syntax error",
    files: { "plugin.ts": "import './a.ts';", "a.ts": "const s = 'äöü€😀';\n const x = ;" },
    code: "PLUGO_SYNTAX",
    says: [/a\.ts:2:12/, /Unexpected token/, /> 2 \| {2}const x = ;/],
  },
  {
    title: "a syntax error in CommonJS",
    files: { "plugin.ts": "import './a.cjs';", "a.cjs": "module.exports = {;" },
    code: "PLUGO_SYNTAX",
    says: [/a\.cjs/],
  },
  {
    title: "JSON that is not valid",
    files: { "plugin.ts": "import './a.json';", "a.json": "{ a: 1 }" },
    code: "PLUGO_SYNTAX",
    says: [/a\.json/],
  },
  {
    title: "a file in UTF-16",
    files: { "plugin.ts": Buffer.from("\uFEFFexport {};", "utf16le") },
    code: "PLUGO_SYNTAX",
    says: [/UTF-16 or binary/, /save it as UTF-8/],
  },
  {
    title: "a binary file",
    files: { "plugin.ts": Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]) },
    code: "PLUGO_SYNTAX",
    says: [/UTF-16 or binary/],
  },
  {
    title: "a file in Latin-1",
    files: { "plugin.ts": Buffer.from("export const a = 'ä';", "latin1") },
    code: "PLUGO_SYNTAX",
    says: [/not valid UTF-8/],
  },
  {
    title: "a module that throws",
    files: {
      "plugin.ts": "import './a.ts';",
      "a.ts": "enum E { A }\n\nfunction fail(): never {\n  throw new RangeError(`no ${E.A}`);\n}\nfail();",
    },
    code: "PLUGO_EVALUATION",
    says: [/a\.ts" failed: .*no 0/, /at fail \(.*a\.ts:4:9\)/, /a\.ts:6:1/],
  },
  {
    title: "a module that throws what is no error",
    files: { "plugin.ts": "throw { nothing: 1 };" },
    code: "PLUGO_EVALUATION",
    says: [/failed: /],
  },
  {
    title: "a top-level await that rejects, imported by others that wait",
    files: {
      "plugin.ts": "import './a.ts'; import './b.ts';",
      "a.ts": "import './b.ts'; await 0;",
      "b.ts": "await 0; throw new Error('late');",
    },
    code: "PLUGO_EVALUATION",
    says: [/b\.ts" failed: .*late/],
  },
];

describe("Engine.load", () => {
  for (const { title, files, code, says } of faults) {
    test(`explains ${title}`, async () => {
      using bench = createBench(inPlugin(files));
      const error = await bench.fail();
      const text = `${error.message}\n${error.remedy}`;
      assert.equal(error.code, code, text);
      assert.equal(error.plugin, "p");
      for (const pattern of says) assert.match(text, pattern);
    });
  }

  test("explains an entry that is gone", async () => {
    using bench = createBench();
    const error = await bench.fail();
    assert.equal(error.code, "PLUGO_ENTRY_MISSING");
    assert.match(error.message, /no readable plugin\.ts/);
  });

  test("passes a U+FFFD that stands in the file", async () => {
    using bench = createBench(inPlugin({ "plugin.ts": "export const a = '\uFFFD';" }));
    assert.equal((await bench.load()).namespace["a"], "\uFFFD");
  });

  test("finds a file that was not there before, after refresh", async () => {
    using bench = createBench(inPlugin({ "plugin.ts": "import { a } from './a.js'; export { a };" }));
    assert.equal((await bench.fail()).code, "PLUGO_IMPORT_NOT_FOUND");
    writeFileSync(bench.folder.at("plugins/p/a.ts"), "export const a = 1;");
    bench.engine.refresh();
    assert.equal((await bench.load()).namespace["a"], 1);
  });

  test("runs nothing when a name is missing", async () => {
    using bench = createBench(
      inPlugin({
        "plugin.ts": "import './a.ts'; import { b } from './b.ts'; export { b };",
        "a.ts": "globalThis.__ran = true;",
        "b.ts": "",
      }),
    );
    assert.equal((await bench.fail()).code, "PLUGO_IMPORT_NAME_MISSING");
    assert.equal("__ran" in globalThis, false);
  });
});
