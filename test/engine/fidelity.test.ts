import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Files } from "../support/plugin-folder.ts";
import { createBench, inPlugin } from "./engine-bench.ts";

/** What a plugin may rely on: its files, all exporting `result` from plugin.ts, and what that has to be. */
interface Probe {
  readonly title: string;
  readonly files: Files;
  readonly expected: unknown;
}

const dependency: Files = {
  "node_modules/esm-dep/package.json": {
    name: "esm-dep",
    type: "module",
    exports: { ".": "./index.js", "./sub": "./sub.js" },
  },
  "node_modules/esm-dep/index.js": "export const name = 'esm-dep'; export default 'default'; export let id = {};",
  "node_modules/esm-dep/sub.js": "export const sub = 'sub';",
  "node_modules/cjs-dep/package.json": { name: "cjs-dep", main: "index.js" },
  "node_modules/cjs-dep/index.js": "exports.named = 'named'; exports.where = __dirname.split(/[\\\\/]/).at(-1);",
  "node_modules/dual/package.json": { name: "dual", exports: { import: "./i.mjs", require: "./r.cjs" } },
  "node_modules/dual/i.mjs": "export const condition = 'import';",
  "node_modules/dual/r.cjs": "exports.condition = 'require';",
  "node_modules/json-dep/package.json": { name: "json-dep", version: "1.2.3" },
};

const probes: readonly Probe[] = [
  // TypeScript
  {
    title: "enums",
    files: { "plugin.ts": "enum E { A, B = 'b' } const enum C { X = 3 } export const result = [E.A, E[0], E.B, C.X];" },
    expected: [0, "A", "b", 3],
  },
  {
    title: "namespaces",
    files: {
      "plugin.ts":
        "namespace N { export const a = 1; export namespace M { export const b = 2 } } export const result = [N.a, N.M.b];",
    },
    expected: [1, 2],
  },
  {
    title: "parameter properties",
    files: {
      "plugin.ts":
        "class P { constructor(private a: number, public readonly b = 2) {} sum() { return this.a + this.b; } } export const result = new P(1).sum();",
    },
    expected: 3,
  },
  {
    title: "satisfies, generics, non-null and overloads",
    files: {
      "plugin.ts":
        "function f(a: string): string; function f(a: number): number; function f<T>(a: T): T { return a!; } export const result = [f(1), { a: 1 } satisfies object];",
    },
    expected: [1, { a: 1 }],
  },
  {
    title: "type imports, marked or not",
    files: {
      "plugin.ts":
        "import type { A } from './types.ts'; import { type B } from './types.ts'; import { C } from './types.ts'; const c: A & B & C = {}; export const result = c;",
      "types.ts": "export interface A {} export interface B {} export interface C {}",
    },
    expected: {},
  },
  {
    title: "declare fields and abstract classes",
    files: {
      "plugin.ts":
        "abstract class A { abstract x(): number; declare y: number; z = 1 } class B extends A { x() { return 2; } } export const result = Object.keys(new B());",
    },
    expected: ["z"],
  },
  {
    title: "class fields that are assigned, by useDefineForClassFields",
    files: {
      "tsconfig.json": { compilerOptions: { useDefineForClassFields: false } },
      "plugin.ts":
        "const seen: string[] = []; class A { set x(v: number) { seen.push('set ' + v); } } class B extends A { x = 1; y: number } export const result = [seen, Object.keys(new B()), seen];",
    },
    expected: [["set 1"], [], ["set 1"]],
  },
  {
    title: "legacy decorators by the tsconfig",
    files: {
      "tsconfig.json": '// comment\n{ "compilerOptions": { "experimentalDecorators": true, } }',
      "plugin.ts":
        "const seen: string[] = []; const d = (t: any, k?: string): any => void seen.push(k ?? t.name); @d class A { @d m() {} @d f = 1; } new A(); export const result = seen;",
    },
    expected: ["m", "f", "A"],
  },
  {
    title: "decorator settings from an extended tsconfig",
    files: {
      "tsconfig.json": { extends: "./base" },
      "base.json": { extends: ["./root.json"], compilerOptions: {} },
      "root.json": { compilerOptions: { experimentalDecorators: true } },
      "plugin.ts":
        "const seen: string[] = []; const d = (t: any, k: string): any => void seen.push(k); class A { @d m() {} } export const result = seen;",
    },
    expected: ["m"],
  },
  {
    title: "emitDecoratorMetadata, with types imported as values",
    files: {
      "tsconfig.json": { compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } },
      "plugin.ts":
        "import { Service, Shape } from './service.ts'; const seen: any[] = []; (Reflect as any).metadata = (k: string, v: any) => () => void seen.push([k, v.map ? v.map((t: any) => t.name) : v.name]); const d = (t: any): any => {}; @d class A { constructor(s: Service, t: Shape, u: string) {} } export const result = seen;",
      "service.ts": "export class Service {} export interface Shape { a: 1 }",
    },
    expected: [["design:paramtypes", ["Service", "Object", "String"]]],
  },
  {
    title: "standard decorators by esbuild",
    files: {
      "plugin.ts":
        "const seen: string[] = []; function d(value: any, c: any) { seen.push(c.kind + ' ' + String(c.name)); } @d class A { @d m(): void {} @d accessor x = 1; } export const result = [seen, new A().x];",
    },
    expected: [["method m", "accessor x", "class A"], 1],
  },
  {
    title: ".tsx and .jsx files by the tsconfig",
    files: {
      "tsconfig.json": { compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "F" } },
      "plugin.ts":
        "import { view } from './view.js'; import { other } from './other.jsx'; export const result = [view, other];",
      "view.tsx":
        "const F = 'F'; const h = (tag: string, p: object | null, ...c: unknown[]) => [tag, p, ...c]; export const view = <a x={1}><></></a>;",
      "other.jsx": "const h = (tag) => tag; export const other = <b/>;",
    },
    expected: [["a", { x: 1 }, ["F", null]], "b"],
  },
  {
    title: "the automatic JSX runtime",
    files: {
      "tsconfig.json": { compilerOptions: { jsx: "react-jsx", jsxImportSource: "mini" } },
      "node_modules/mini/package.json": { name: "mini", exports: { "./jsx-runtime": "./r.cjs" } },
      "node_modules/mini/r.cjs": "exports.jsx = (tag, p) => [tag, p];",
      "plugin.ts": "import { view } from './view.tsx'; export const result = view;",
      "view.tsx": "export const view = <a x={1}/>;",
    },
    expected: ["a", { x: 1 }],
  },
  // Resolution
  {
    title: "./x.js that is x.ts, x.mjs that is x.mts",
    files: {
      "plugin.ts": "import { a } from './a.js'; import { b } from './b.mjs'; export const result = [a, b];",
      "a.ts": "export const a = 1;",
      "b.mts": "export const b = 2;",
    },
    expected: [1, 2],
  },
  {
    title: "no extension, a folder's index, parent folders",
    files: {
      "plugin.ts": "import { a } from './lib/a'; export const result = a;",
      "lib/a.ts": "import { i } from '.'; import { up } from '../up'; export const a = i + up;",
      "lib/index.ts": "export const i = 1;",
      "up.ts": "export const up = 2;",
    },
    expected: 3,
  },
  {
    title: "tsconfig paths",
    files: {
      "tsconfig.json": { compilerOptions: { paths: { "@lib/*": ["./lib/*"], exact: ["./lib/a.ts"] } } },
      "plugin.ts": "import { a } from '@lib/a'; import { a as b } from 'exact'; export const result = [a, b];",
      "lib/a.ts": "export const a = 1;",
    },
    expected: [1, 1],
  },
  {
    title: "#imports of files, packages and builtins",
    files: {
      "package.json": { imports: { "#lib/*": "./lib/*.js", "#dep": "esm-dep", "#path": "path" } },
      "plugin.ts":
        "import { a } from '#lib/a'; import { name } from '#dep'; import { sep } from '#path'; export const result = [a, name, typeof sep];",
      "lib/a.ts": "export const a = 1;",
    },
    expected: [1, "esm-dep", "string"],
  },
  {
    title: "a query, which means the same file",
    files: {
      "plugin.ts": "import { a } from './a.ts?x'; import * as b from './a.ts'; export const result = a === b.a;",
      "a.ts": "export const a = {};",
    },
    expected: true,
  },
  {
    title: "JSON with and without an attribute",
    files: {
      "plugin.ts":
        "import a from './d.json'; import b from './d.json' with { type: 'json' }; export const result = [a.x, a === b];",
      "d.json": { x: 1 },
    },
    expected: [1, true],
  },
  {
    title: "packages: ES module, CommonJS named and default, subpath, JSON, the import condition",
    files: {
      "plugin.ts":
        "import d, { name } from 'esm-dep'; import { sub } from 'esm-dep/sub'; import c, { named, where } from 'cjs-dep'; import { condition } from 'dual'; import j from 'json-dep/package.json'; export const result = [d, name, sub, c.named, named, where, condition, j.version];",
    },
    expected: ["default", "esm-dep", "sub", "named", "named", "cjs-dep", "import", "1.2.3"],
  },
  {
    title: "builtins with and without node:",
    files: {
      "plugin.ts":
        "import fs, { readFileSync } from 'node:fs'; import * as path from 'path'; export const result = [fs.readFileSync === readFileSync, typeof path.join];",
    },
    expected: [true, "function"],
  },
  {
    title: "createRequire",
    files: {
      "plugin.ts":
        "import { createRequire } from 'node:module'; const r = createRequire(import.meta.url); export const result = [r('cjs-dep').named, r('dual').condition];",
    },
    expected: ["named", "require"],
  },
  // Modules
  {
    title: "live bindings",
    files: {
      "plugin.ts": "import { n, inc } from './n.ts'; inc(); inc(); export const result = n;",
      "n.ts": "export let n = 0; export const inc = () => { n += 1; };",
    },
    expected: 2,
  },
  {
    title: "export *, export * as, renamed and default re-exports",
    files: {
      "plugin.ts":
        "import * as all from './all.ts'; export const result = [Object.keys(all).sort(), all.b, all.ns.a, all.d];",
      "all.ts": "export * from './a.ts'; export * as ns from './a.ts'; export { a as b, default as d } from './a.ts';",
      "a.ts": "export const a = 1; export default 'x';",
    },
    expected: [["a", "b", "d", "ns"], 1, 1, "x"],
  },
  {
    title: "own exports before those of export *, the same binding by two ways, none that two give differently",
    files: {
      "plugin.ts": "import * as all from './all.ts'; export const result = [all.own, all.same, 'both' in all];",
      "all.ts": "export * from './a.ts'; export * from './b.ts'; export const own = 'all';",
      "a.ts": "export { same } from './c.ts'; export const own = 'a'; export const both = 'a';",
      "b.ts": "export { same } from './c.ts'; export const both = 'b';",
      "c.ts": "export const same = 'c';",
    },
    expected: ["all", "c", false],
  },
  {
    title: "export * of a package and of CommonJS",
    files: {
      "plugin.ts": "import { name, named, own } from './all.ts'; export const result = [name, named, own];",
      "all.ts": "export * from 'esm-dep'; export * from 'cjs-dep'; export * from './own.cjs';",
      "own.cjs": "exports.own = 1;",
    },
    expected: ["esm-dep", "named", 1],
  },
  {
    title: "functions through a cycle before their module ran, variables not yet",
    files: {
      "plugin.ts":
        "import { early } from './b.ts'; export function hoisted() { return 'hoisted'; } export const later = 1; export const result = early;",
      "b.ts":
        "import { hoisted, later } from './plugin.ts'; export const early: string[] = [hoisted()]; try { early.push(String(later)); } catch (e) { early.push((e as Error).name); }",
    },
    expected: ["hoisted", "ReferenceError"],
  },
  {
    title: "a cycle of three with packages, and export * around it",
    files: {
      "plugin.ts":
        "import { b } from './b.ts'; import { sep } from 'node:path'; export const a = () => 'a' + typeof sep; export const result = b();",
      "b.ts": "import { c } from './c.ts'; export const b = () => c();",
      "c.ts":
        "export * from './plugin.ts'; import * as self from './c.ts'; import { name } from 'esm-dep'; export const c = () => (self as any).a() + name;",
    },
    expected: "astringesm-dep",
  },
  {
    title: "a module that imports itself",
    files: {
      "plugin.ts":
        "import * as self from './plugin.ts'; export const result = 1; export const again = () => self.result;",
    },
    expected: 1,
  },
  {
    title: "top-level await, siblings side by side",
    files: {
      "plugin.ts":
        "import './a.ts'; import './b.ts'; export const result = (globalThis as any).__order; delete (globalThis as any).__order;",
      "a.ts":
        "const o: string[] = ((globalThis as any).__order ??= []); o.push('a1'); await Promise.resolve(); await Promise.resolve(); o.push('a2');",
      "b.ts": "const o: string[] = ((globalThis as any).__order ??= []); o.push('b1'); await 0; o.push('b2');",
    },
    expected: ["a1", "b1", "b2", "a2"],
  },
  {
    title: "top-level await of every form that looks like a call",
    files: {
      "plugin.ts":
        "const a = await (async () => 1)(); const [b] = await [2]; let c = 0; for await (const x of [3]) c = x; export const result = [a, b, c];",
    },
    expected: [1, 2, 3],
  },
  {
    title: "top-level await in a cycle, imported twice at once",
    files: {
      "plugin.ts":
        "const [a, b] = await Promise.all([import('./a.ts'), import('./b.ts')]); export const result = [a.a, b.b];",
      "a.ts": "import { b } from './b.ts'; await 0; export const a = 'a' + typeof b;",
      "b.ts": "import './a.ts'; await 0; export const b = 'b';",
    },
    expected: ["astring", "b"],
  },
  {
    title: "order of evaluation across files and packages",
    files: {
      "plugin.ts":
        "import './first.ts'; import 'order-dep'; import './last.ts'; export const result = (globalThis as any).__seq; delete (globalThis as any).__seq;",
      "first.ts": "((globalThis as any).__seq ??= []).push('first');",
      "last.ts": "(globalThis as any).__seq.push('last');",
      "node_modules/order-dep/package.json": { name: "order-dep", type: "module", main: "i.js" },
      "node_modules/order-dep/i.js": "globalThis.__seq.push('dep');",
    },
    expected: ["first", "dep", "last"],
  },
  {
    title: "using and await using",
    files: {
      "plugin.ts":
        "const seen: string[] = []; Symbol.dispose; { using a = { [Symbol.dispose]() { seen.push('a'); } }; await using b = { async [Symbol.asyncDispose]() { seen.push('b'); } }; seen.push('body'); } export const result = seen;",
    },
    expected: ["body", "b", "a"],
  },
  {
    title: "strict mode, with `this` undefined",
    files: {
      "plugin.ts": "export const result = [(function (this: unknown) { return this; })() === undefined, typeof this];",
    },
    expected: [true, "undefined"],
  },
  {
    title: "own variables of the names of timers",
    files: {
      "plugin.ts":
        "const setTimeout = 1; class setInterval {} export const result = [setTimeout, typeof setInterval, typeof setImmediate];",
    },
    expected: [1, "function", "function"],
  },
  {
    title: "a hashbang and a byte order mark",
    files: {
      "plugin.ts": "\uFEFFimport { a } from './a.js'; export const result = a;",
      "a.js": "#!/usr/bin/env node\nexport const a = 1;",
    },
    expected: 1,
  },
  {
    title: "names of default exports, texts as names, keywords in texts",
    files: {
      "plugin.ts":
        "import d, { 'a b' as ab } from './d.ts'; export const result = [d.name, ab, 'await __vite_ssr_import__(\"x\")', `\nimport x from 'y'`.length];",
      "d.ts": "export default () => 1; const x = 2; export { x as 'a b' };",
    },
    expected: ["default", 2, 'await __vite_ssr_import__("x")', 18],
  },
  {
    title: "assigning to a namespace throws",
    files: {
      "plugin.ts":
        "import * as ns from './a.ts'; let name = ''; try { (ns as any).a = 2; } catch (e) { name = (e as Error).name; } let gone = ''; try { delete (ns as any).a; } catch (e) { gone = (e as Error).name; } export const result = [name, gone, ns.a, Object.prototype.toString.call(ns)];",
      "a.ts": "export const a = 1;",
    },
    expected: ["TypeError", "TypeError", 1, "[object Module]"],
  },
  // import.meta and import()
  {
    title: "import.meta of the entry and of inner files",
    files: {
      "plugin.ts":
        "import { inner } from './lib/a.ts'; import { basename } from 'node:path'; const m = import.meta; export const result = [m.url.startsWith('file://'), basename(m.filename), basename(m.dirname), (m as any).main, basename(inner.filename), basename(inner.dirname), Object.getPrototypeOf(m)];",
      "lib/a.ts": "export const inner = import.meta;",
    },
    expected: [true, "plugin.ts", "p", false, "a.ts", "lib", null],
  },
  {
    title: "import.meta.resolve",
    files: {
      "plugin.ts":
        "const r = (s: string) => import.meta.resolve(s).split('/').slice(-2).join('/'); let code = ''; try { r('absent'); } catch (e) { code = (e as any).code; } export const result = [r('./a.js'), r('./gone.js'), r('dual'), import.meta.resolve('fs'), import.meta.resolve('data:text/plain,x'), code];",
      "a.ts": "",
    },
    expected: ["p/a.ts", "p/gone.js", "dual/i.mjs", "node:fs", "data:text/plain,x", "ERR_MODULE_NOT_FOUND"],
  },
  {
    title: "import() of files, variables, packages, JSON, builtins and URLs",
    files: {
      "plugin.ts":
        "const name = './a'; const found = [await import('./a.js'), await import(name + '.ts'), await import(new URL('./a.ts', import.meta.url) as any)]; export const result = [found.every((f) => f === found[0]), found[0].a, (await import('esm-dep')).name, (await import('./d.json')).default.x, (await import('./d.json', { with: { type: 'json' } })).default.x, typeof (await import('node:fs')).readFileSync, (await import('data:text/javascript,export default 4')).default];",
      "a.ts": "export const a = 1;",
      "d.json": { x: 2 },
    },
    expected: [true, 1, "esm-dep", 2, 2, "function", 4],
  },
  {
    title: "import() of what the running evaluation has yet to reach",
    files: {
      "plugin.ts":
        "import { early } from './a.ts'; import 'esm-dep'; import { b } from './b.ts'; export const result = early.then((early: any) => [early, b]);",
      "a.ts": "export const early = import('./b.ts').then((m) => m.b);",
      "b.ts": "export const b = 1;",
    },
    expected: [1, 1],
  },
  {
    title: "import() from a callback, later, and the same module as before",
    files: {
      "plugin.ts":
        "import * as a from './a.ts'; export const result = new Promise((resolve) => setImmediate(async () => resolve((await import('./a.ts')) === a)));",
      "a.ts": "export const a = 1;",
    },
    expected: true,
  },
  {
    title: "import() of a failing module rejects with the same error, each time",
    files: {
      "plugin.ts":
        "const e1 = await import('./bad.ts').catch((e) => e); const e2 = await import('./bad.ts').catch((e) => e); const e3 = await import('./uses-bad.ts').catch((e) => e); export const result = [e1.message, e1 === e2, e1 === e3];",
      "bad.ts": "throw new Error('bad');",
      "uses-bad.ts": "import './bad.ts';",
    },
    expected: ["bad", true, true],
  },
  {
    title: "import() of a package that is absent rejects as in Node.js",
    files: { "plugin.ts": "export const result = await import('absent' as string).catch((e) => e.code);" },
    expected: "ERR_MODULE_NOT_FOUND",
  },
  // CommonJS
  {
    title: ".cjs with __dirname, require of files and packages, and names for import",
    files: {
      "plugin.ts": "import c, { a, where } from './c.cjs'; export const result = [c.a, a, where, c.dep, c.inner];",
      "c.cjs":
        "exports.a = 1; exports.where = require('node:path').basename(__dirname); exports.dep = require('cjs-dep').named; exports.inner = require('./lib/i').i;",
      "lib/i.cjs": "exports.i = 3;",
    },
    expected: [1, 1, "p", "named", 3],
  },
  {
    title: ".cts with import = and export =",
    files: {
      "plugin.ts": "import c from './c.cjs'; export const result = c.joined;",
      "c.cts":
        "import path = require('node:path'); const joined: string = path.posix.join('a', 'b'); export = { joined };",
    },
    expected: "a/b",
  },
  {
    title: ".cts with ES module syntax",
    files: {
      "plugin.ts": "import { a } from './c.cts'; export const result = a;",
      "c.cts": "import { sep } from 'node:path'; export const a: string = typeof sep;",
    },
    expected: "string",
  },
  {
    title: ".js as CommonJS by its package's type",
    files: {
      "plugin.ts": "import c from './lib/c.js'; export const result = c;",
      "lib/package.json": { type: "commonjs" },
      "lib/c.js": "module.exports = typeof require;",
    },
    expected: "function",
  },
  {
    title: ".js as CommonJS by its code, as an ES module by its syntax",
    files: {
      "plugin.ts": "import { a } from './a.js'; import { b } from './b.js'; export const result = [a, b];",
      "a.js": "exports.a = 1;",
      "b.js": "export const b = typeof require; // module.exports = 1",
    },
    expected: [1, "undefined"],
  },
  {
    title: ".js with module.exports in a package of type module is no CommonJS",
    files: {
      "package.json": { type: "module" },
      "plugin.ts": "export const result = await import('./a.js').catch((e) => e.name);",
      "a.js": "module.exports = 1;",
    },
    expected: "ReferenceError",
  },
  {
    title: "cycles of CommonJS files",
    files: {
      "plugin.ts": "import a from './a.cjs'; export const result = a;",
      "a.cjs": "exports.early = 1; exports.b = require('./b.cjs'); exports.late = 2;",
      "b.cjs": "exports.seen = Object.keys(require('./a.cjs'));",
    },
    expected: { early: 1, b: { seen: ["early"] }, late: 2 },
  },
  {
    title: "default = module.exports also for __esModule",
    files: {
      "plugin.ts": "import c, { x } from './c.cjs'; export const result = [c.default, c.x, x];",
      "c.cjs": "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 1; exports.x = 2;",
    },
    expected: [1, 2, 2],
  },
  {
    title: "require.resolve, require.cache, module, JSON and import() in CommonJS",
    files: {
      "plugin.ts": "import c from './c.cjs'; export const result = [c.first, await c.dynamic(), c.json];",
      "c.cjs":
        "const path = require('node:path'); exports.first = [path.basename(require.resolve('./d.json')), require.resolve('fs'), module.filename === __filename, require.cache[__filename] === module, require.main === module, this === exports]; exports.json = require('./d.json').x; exports.dynamic = async () => (await import('./a.ts')).a; return;",
      "d.json": { x: 1 },
      "a.ts": "export const a = 2;",
    },
    expected: [["d.json", "fs", true, true, false, true], 2, 1],
  },
  {
    title: "import() in CommonJS that is not strict code",
    files: {
      "plugin.ts": "import c from './c.cjs'; export const result = await c();",
      "c.cjs": "var o = { v: './a.ts' }; with (o) { var s = v; }\nmodule.exports = async () => (await import(s)).a;",
      "a.ts": "export const a = 2;",
    },
    expected: 2,
  },
];

describe("createRunnerEngine", () => {
  for (const { title, files, expected } of probes) {
    test(`load gives a plugin ${title}`, async () => {
      using bench = createBench({ ...dependency, ...inPlugin(files) });
      const { namespace } = await bench.load();
      const result: unknown = await namespace["result"];
      assert.deepEqual(result, expected);
    });
  }
});
