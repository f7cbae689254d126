import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plugin } from "../support/plugin-folder.ts";
import { survive } from "./arena.ts";

type End = "active" | "failed";

/** Modules of every kind, and whether they are plugins. */
const modules: Readonly<Record<string, readonly [code: string, end: End]>> = {
  null: ["export default null;", "failed"],
  undefined: ["export default undefined;", "failed"],
  "a number": ["export default 7;", "failed"],
  "a text": [`export default "initPlugin";`, "failed"],
  "a symbol": ["export default Symbol();", "failed"],
  "a bigint": ["export default 1n;", "failed"],
  "an empty object": ["export default {};", "failed"],
  "an object without a prototype": ["export default Object.create(null);", "failed"],
  "a list": ["export default [() => {}];", "failed"],
  "a function": ["export default function () {};", "active"],
  "an arrow function": ["export default () => {};", "active"],
  "a generator": ["export default function* () { throw new Error('never'); };", "active"],
  "a bound function": ["export default (() => 1).bind(null);", "active"],
  "a class": ["export default class { x = 1; }", "active"],
  "a class that throws": ["export default class { constructor() { throw new Error('no'); } }", "failed"],
  "a class that is abstract by hand": [
    "export default class { static { this.prototype.initPlugin = () => { throw new Error('no'); }; } }",
    "failed",
  ],
  "a class that returns something else": ["export default class { constructor() { return [] as any; } }", "active"],
  "a class whose name is a getter that throws": [
    "export default class { static get name(): string { throw new Error('no'); } }",
    "active",
  ],
  "a class with a null prototype": ["export default class extends (null as any) {}", "failed"],
  "an object whose init is a getter that throws": [
    "export default { get init() { throw new Error('no'); } };",
    "failed",
  ],
  "an object whose initPlugin is a getter that throws": [
    "export default { get initPlugin() { throw undefined; } };",
    "failed",
  ],
  "an object whose dispose is a getter that throws": [
    "export default { init() {}, get dispose() { throw new Error('no'); } };",
    "failed",
  ],
  "a thenable": ["export default { then() {} };", "failed"],
  "a promise": ["export default Promise.resolve({ init() {} });", "failed"],
  "a promise that rejects": [
    "const late = Promise.reject(new Error('no')); late.catch(() => {}); export default late;",
    "failed",
  ],
  "a proxy of a function": ["export default new Proxy(() => {}, {});", "active"],
  "a proxy that throws": ["export default new Proxy({}, { get() { throw new Error('no'); } });", "failed"],
  "a proxy that throws undefined": [
    "export default new Proxy({}, { get() { throw undefined; }, has() { throw undefined; } });",
    "failed",
  ],
  "a proxy that has everything": ["export default new Proxy({}, { get: () => () => {} });", "active"],
  "a revoked proxy": ["const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); export default proxy;", "failed"],
  "a revoked proxy of a function": [
    "const { proxy, revoke } = Proxy.revocable(() => {}, {}); revoke(); export default proxy;",
    "failed",
  ],
  "a frozen definition": ["export default Object.freeze({ init: Object.freeze(() => {}) });", "active"],
  "an initPlugin that is undefined": ["export let initPlugin: unknown; export default 1;", "failed"],
  "an initPlugin that is a symbol": ["export const initPlugin = Symbol('x');", "failed"],
  "an initPlugin that is a proxy that throws": [
    "export const initPlugin = new Proxy(() => {}, { apply() { throw null; } });",
    "failed",
  ],
  "exports with names from Object": [
    `const x = 1; export { x as constructor, x as toString, x as hasOwnProperty }; export function initPlugin() {}`,
    "active",
  ],
  "an export named __proto__": [
    `const x = { polluted: true }; export { x as __proto__ }; export function initPlugin() {}`,
    "active",
  ],
  "an export named then": [
    "export function then(resolve: any) { resolve({}); } export function initPlugin() {}",
    "active",
  ],
  "an export named then that throws": [
    "export function then() { throw new Error('no'); } export function initPlugin() {}",
    "active",
  ],
  // As in Node.js, which takes the module itself for a promise then.
  "an export named then and an await": [
    "await null; export function then() {} export function initPlugin() {}",
    "failed",
  ],
  "exports of odd names": [`const x = 1; export { x as "\\0", x as "a b", x as "\\u001b[31m" };`, "failed"],
  "a thrown undefined": ["throw undefined;", "failed"],
  "a thrown null": ["throw null;", "failed"],
  "a thrown proxy": [
    "throw new Proxy({}, { get() { throw 1; }, has() { throw 2; }, getPrototypeOf() { throw 3; } });",
    "failed",
  ],
  "a rejected top-level await": ["await Promise.reject(undefined);", "failed"],
  "a top-level await that never ends": ["await new Promise(() => {}); export function initPlugin() {}", "failed"],
  "a stack without end": ["const f = (): number => f() + 1; f(); export function initPlugin() {}", "failed"],
  "an import of itself": [
    `import * as self from "./plugin.ts"; export const initPlugin = () => Object.keys(self);`,
    "active",
  ],
  "an import of the canary": [`import "../../canary/plugin.ts?"; export function initPlugin() {}`, "failed"],
  "a prototype that it freezes": [
    "export function initPlugin() { return Object.freeze(Object.prototype.constructor && {}); }",
    "active",
  ],
};

/** The same as the exports of a CommonJS file. */
const commonJs: Readonly<Record<string, readonly [code: string, end: End]>> = {
  null: ["module.exports = null;", "failed"],
  "a function": ["module.exports = () => {};", "active"],
  "a proxy that throws": ["module.exports = new Proxy({}, { ownKeys() { throw new Error('no'); } });", "failed"],
  "a getter that throws": [
    "Object.defineProperty(exports, 'x', { enumerable: true, get() { throw new Error('no'); } });",
    "failed",
  ],
  "an export named __proto__": [
    'module.exports = JSON.parse(\'{ "__proto__": { "polluted": true } }\'); module.exports.initPlugin = () => {};',
    "active",
  ],
  "module replaced": ["module = undefined; exports.initPlugin = () => {};", "active"],
  "a circle of requires": ["const self = require('./plugin.cjs'); exports.initPlugin = () => self;", "active"],
  "a frozen exports": ["exports.initPlugin = () => {}; Object.freeze(exports);", "active"],
};

/** What initPlugin may return. */
const returned: Readonly<Record<string, readonly [expression: string, end: End]>> = {
  nothing: ["undefined", "active"],
  null: ["null", "active"],
  "a symbol": ["Symbol()", "active"],
  "a function": ["() => {}", "active"],
  "a proxy": ["new Proxy({}, { get: (_, key) => key === 'then' ? undefined : () => {} })", "active"],
  "a proxy that throws": ["new Proxy({}, { get() { throw new Error('no'); } })", "failed"],
  "a revoked proxy": [
    "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()",
    "failed",
  ],
  "a proxy that has everything": ["new Proxy({}, { get: () => () => {} })", "failed"],
  "a getter of then that throws": ["({ get then() { throw new Error('no'); } })", "failed"],
  "a getter of then that throws the second time": [
    "({ n: 0, get then() { if ((this as any).n++ > 0) throw new Error('no'); return (r: any) => r(1); } })",
    "failed",
  ],
  "a thenable that never calls": ["({ then() {} })", "failed"],
  "a thenable that throws": ["({ then() { throw new Error('no'); } })", "failed"],
  "a thenable that throws undefined": ["({ then() { throw undefined; } })", "failed"],
  "a thenable that calls twice": [
    "({ then(resolve: any, reject: any) { resolve(1); resolve(2); reject(3); throw 4; } })",
    "active",
  ],
  "a promise of a thenable that rejects": [
    "Promise.resolve({ then: (_: any, reject: any) => reject(null) })",
    "failed",
  ],
  "an object without a prototype": ["Object.create(null)", "active"],
  "an object in a circle": ["(() => { const o: any = {}; o.o = o; return o; })()", "active"],
};

/** What initPlugin may throw, as an expression. */
const thrown: readonly string[] = [
  ...[
    "undefined",
    "null",
    "0",
    "''",
    "'x'",
    "Symbol('x')",
    "1n",
    "{}",
    "[]",
    "() => {}",
    "Object.create(null)",
    "new Proxy({}, {})",
  ],
  "Object.freeze(new Error('frozen'))",
  "Object.assign(new Error('x'), { stack: undefined })",
  "Object.assign(new Error('x'), { stack: 7, name: Symbol('n') })",
  "Object.assign(new Error('x'), { message: Symbol('m') })",
  "Object.assign(new Error('x'), { message: { toString() { throw 1; } } })",
  "Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('no'); } })",
  "Object.defineProperty(new Error('x'), 'stack', { get() { throw new Error('no'); } })",
  "Object.defineProperty(new Error('x'), 'name', { get() { throw new Error('no'); } })",
  "Object.defineProperty(new Error('x'), 'cause', { get() { throw new Error('no'); } })",
  "new Error('\\u001b[2J\\u001b]0;owned\\u0007\\r\\b')",
  "new Error('x'.repeat(1_000_000))",
  "new Error('a\\nb\\nc')",
  "new Error()",
  "new AggregateError([new Error('a'), undefined], 'all')",
  "Object.assign(new Error('x'), { plugin: 1, code: 'PLUGO_FAKE', remedy: 2 })",
  "Object.assign(Object.create({ [Symbol.for('plugo.error')]: true }), { code: 1 })",
  "new (class extends Error { get [Symbol.toStringTag]() { throw 1; } })('x')",
  "new Proxy(new Error('x'), { get() { throw new Error('no'); }, getPrototypeOf() { throw new Error('no'); } })",
  "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()",
  "new DOMException('x', 'AbortError')",
  "{ message: 'not an error' }",
  "{ get message() { throw 1; } }",
  "{ toString() { throw 1; }, [Symbol.toPrimitive]() { throw 2; } }",
  "(() => { const e: any = new Error('x'); e.cause = e; return e; })()",
];

function endsAs(files: Record<string, unknown>, end: End): Promise<void> {
  return survive({
    files,
    check(outcome) {
      assert.ok("host" in outcome);
      const { phase, problem } = outcome.host.snapshot().plugins.find(({ name }) => name === "odd") ?? assert.fail();
      assert.equal(phase, end, problem?.message);
    },
  });
}

describe("a plugin's module", () => {
  for (const [name, [code, end]] of Object.entries(modules)) {
    test(`that exports ${name} is ${end}, and harms nobody`, () => endsAs(plugin("odd", code), end));
  }
  for (const [name, [code, end]] of Object.entries(commonJs)) {
    test(`in CommonJS that exports ${name} is ${end}, and harms nobody`, () =>
      endsAs({ "odd/metadata.json": {}, "odd/plugin.cjs": code }, end));
  }
});

describe("initPlugin", () => {
  for (const [name, [expression, end]] of Object.entries(returned)) {
    test(`that returns ${name} is ${end}, and harms nobody`, () =>
      endsAs(plugin("odd", `export const initPlugin = (): any => (${expression});`), end));
  }

  for (const expression of thrown) {
    const name = expression.slice(0, 70);
    test(`that throws ${name} is told, and harms nobody`, () =>
      endsAs(plugin("odd", `export function initPlugin(): void { throw (${expression}); }`), "failed"));
    test(`that rejects with ${name} is told, and harms nobody`, () =>
      endsAs(
        plugin("odd", `export async function initPlugin(): Promise<void> { await null; throw (${expression}); }`),
        "failed",
      ));
  }

  for (const expression of thrown) {
    test(`whose undo throws ${expression.slice(0, 70)} is told, and harms nobody`, () =>
      survive({
        files: plugin(
          "odd",
          `export const initPlugin = (_: any, plugin: any): void => plugin.defer(() => { throw (${expression}); });`,
        ),
        async check(outcome) {
          assert.ok("host" in outcome);
          const { problems } = await outcome.host.disable("odd");
          assert.deepEqual(
            problems.map(({ code }) => code),
            ["PLUGO_UNDO_FAILED"],
          );
        },
      }));
  }
});
