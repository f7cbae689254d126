import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { flag } from "#src/engine/compiled-file.js";
import { defaultSettings } from "#src/engine/transform-settings.js";
import { transform, type Transformed } from "#src/engine/transform.js";
import { createFolder } from "../support/plugin-folder.ts";

function transformed(source: string, language: Parameters<typeof transform>[0]["language"] = "ts"): Transformed {
  return transform({
    path: `/p/a.${language}`,
    source,
    language,
    packageType: undefined,
    settings: defaultSettings,
    plugin: "p",
  });
}

/** The flags by their names. */
function flagsOf({ flags }: Transformed): string[] {
  return Object.entries(flag).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]));
}

// What oxc writes is pinned here, word for word: these tests are what an update of it has to pass.
describe("transform", () => {
  test("exports a function that nothing assigns to as it is, and every other binding live", () => {
    const { code } = transformed(
      "export function once() {}\nexport function twice() { return twice; }\nexport let later = 1;\nexport function $d() {}\n",
    );
    const exports = code.split("\n").filter((line) => line.startsWith("__plugo_export__"));
    assert.deepEqual(exports, [
      '__plugo_export__(__plugo_exports__,"once",null,once);',
      '__plugo_export__(__plugo_exports__,"twice",()=>twice);',
      '__plugo_export__(__plugo_exports__,"later",()=>later);',
      '__plugo_export__(__plugo_exports__,"$d",null,$d);',
    ]);
  });

  test("refuses what is nested so deep that it would overflow the transformer's stack", () => {
    const nested = (depth: number): string => `export const x = ${"(".repeat(depth)}1${")".repeat(depth)};`;
    assert.throws(() => transformed(nested(20_000)), { code: "PLUGO_SYNTAX", message: /brackets are open here/ });
    assert.match(transformed(nested(1_000)).code, /x = 1/);
  });

  test("writes exports and imports as data, each line where oxc put it", () => {
    const { code, links } = transformed(`/* a comment */
import def, { a as b, type T, "a b" as ab } from "./x.js";
import * as ns from "./ns";
import "./side";
export * from "./star";
export * as q from "./q";
export { z as zz, default } from "./z";
export { ns, b };
import { one, two, three, four } from "./many";
export const v: number = 1;
export function fn(u: T) { return b() + ns.k + def + ab + one + two + three + four; }
export class C {}
`);
    assert.deepEqual(links.imports, [
      { specifier: "./x.js", names: ["default", "a", "a b"], star: false },
      { specifier: "./ns", names: [], star: false },
      { specifier: "./side", names: [], star: false },
      { specifier: "./star", names: [], star: true },
      { specifier: "./q", names: [], star: false },
      { specifier: "./z", names: ["z", "default"], star: false },
      { specifier: "./many", names: ["one", "two", "three", "four"], star: false },
    ]);
    assert.deepEqual(links.exports, [
      { name: "q", from: 4 },
      { name: "zz", from: 5, imported: "z" },
      { name: "default", from: 5, imported: "default" },
      { name: "ns", from: 1 },
      { name: "b", from: 0, imported: "a" },
      { name: "v" },
      { name: "fn" },
      { name: "C" },
    ]);
    const lines = code.split("\n");
    assert.equal(lines[0], '__plugo_export__(__plugo_exports__,"q",()=>__vite_ssr_import_4__);');
    assert.equal(lines.indexOf("const v = 1;"), 74);
    assert.equal(code.slice(links.bodyAt).trimStart().split("\n")[0], "const v = 1;");
    assert.doesNotMatch(code, /await|defineProperty|importedNames|exportAll/);
  });

  test("leaves a module without imports and exports as it is", () => {
    assert.deepEqual(transformed("const a: number = 1;\n"), {
      kind: "esm",
      flags: 0,
      links: { imports: [], exports: [], bodyAt: 0 },
      code: "const a = 1;\n",
      maps: [
        { mappings: "AAAA,MAAM,IAAI", names: [] },
        { mappings: "AAAA,MAAM,IAAY", names: [] },
      ],
    });
  });

  for (const [source, flags] of [
    ["await 1;", ["async"]],
    ["await (1);", ["async"]],
    ["await [1];", ["async"]],
    ["for await (const x of y);", ["async"]],
    ["await using x = y;", ["async", "imports"]],
    ["class A { [await x]() {} }", ["async"]],
    ["const f = async () => { await 1; for await (const x of y); };", []],
    ["class A { static async f() { await 1; } }", []],
    ["const t = 'await 1'; // await", []],
    ["x.await; y = { await: 1 };", []],
    ["setTimeout(() => {}, 1);", ["timers"]],
    ["x.setIntervals();", []],
    ["import.meta.url;", ["importMeta"]],
    ["import('x');", ["dynamicImport"]],
    ["import 'x';", ["imports"]],
    ["export default () => 1;", ["defaultExpression", "liveExports"]],
    ["export function f() {} export function g() {}", []],
    ["export function f() {} f = g;", ["liveExports"]],
    ["export const a = 1;", ["liveExports"]],
    ["export default function named() {}", []],
    ["function d(v: any) {} @d class A {}", ["lowered"]],
    ["const mail = 'a@b.c', at = `\n@x`; // @d class", []],
  ] as const) {
    test(`notes ${flags.join(" and ") || "nothing"} in ${JSON.stringify(source)}`, () => {
      assert.deepEqual(flagsOf(transformed(source)).toSorted(), [...flags].toSorted());
    });
  }

  for (const [source, language, kind] of [
    ["module.exports = 1;", "js", "commonjs"],
    ["exports.a = 1;", "js", "commonjs"],
    ["const x = require('x');", "js", "commonjs"],
    ["return; exports.a = 1;", "js", "commonjs"],
    ["with (a) {} exports.a = 1;", "js", "commonjs"],
    ["let module = { exports: 1 };", "js", "esm"],
    ["export const a = require;", "js", "esm"],
    ["import 'x'; module.exports = 1;", "js", "esm"],
    ["import.meta.url; module.exports = 1;", "js", "esm"],
    ["import('x'); module.exports = 1;", "js", "commonjs"],
    ["await 1; require('x');", "js", "esm"],
    ["module.exports = 1;", "mjs", "esm"],
    ["module.exports = 1;", "ts", "esm"],
    ["1;", "cjs", "commonjs"],
    ["const a: number = 1; module.exports = a;", "cts", "commonjs"],
    ["import a = require('a'); export = a;", "cts", "commonjs"],
    ["export const a: number = 1;", "cts", "esm"],
    ["import a from 'a'; await a;", "cts", "esm"],
  ] as const) {
    test(`takes ${JSON.stringify(source)} in .${language} for ${kind}`, () => {
      assert.equal(transformed(source, language).kind, kind);
    });
  }

  test("points at the source for what is only found wrong without its types", () => {
    const source = "type A = 1;\n\nexport default 1; interface B {}\nexport default 2;";
    assert.throws(
      () => transformed(source),
      ({ message }: Error) =>
        /a\.ts:3:1: .*multiple default/.test(message) && message.includes("> 3 | export default 1;"),
    );
  });

  test("takes CommonJS code as it stands", () => {
    const source = "#!/usr/bin/env node\n// kept  as it is\nmodule.exports = function ( ) { }\n";
    assert.equal(transformed(source, "cjs").code, `//${source.slice(2)}`);
    assert.deepEqual(transformed(source, "cjs").maps, []);
  });

  test("refuses standard decorators without esbuild, naming the file and both ways out", () => {
    using folder = createFolder({
      "package.json": { name: "@plugo/node", type: "module", imports: { "#src/*": "./dist/*" } },
    });
    const built = dirname(dirname(fileURLToPath(import.meta.resolve("#src/engine/transform.js"))));
    cpSync(built, folder.at("dist"), { recursive: true });
    // One that cannot be loaded, lest one be found further up.
    folder.write({ "node_modules/esbuild/package.json": { name: "esbuild", exports: {} } });
    const require = createRequire(import.meta.url);
    for (const name of ["oxc-transform", "leven"]) {
      symlinkSync(dirname(require.resolve(name)), folder.at(`node_modules/${name}`), "junction");
    }
    const script = `
      import { transform } from "#src/engine/transform.js";
      import { defaultSettings } from "#src/engine/transform-settings.js";
      try {
        transform({ path: "/p/a.ts", source: "@d class A {}", language: "ts", settings: defaultSettings, plugin: "p" });
      } catch (error) { console.log(error.code, error.message, error.remedy); }`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      cwd: folder.path,
    });
    assert.match(output, /^PLUGO_DECORATORS .*a\.ts.*npm install esbuild.*experimentalDecorators/);
  });
});
