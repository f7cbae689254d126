import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadFrom } from "../support/load.ts";
import { createFolder } from "../support/plugin-folder.ts";
import { broken, checkFault, idle, onlyProblemOf, type Fault } from "./surroundings.ts";

const entry = "%/broken/plugin.ts";
const failed = 'initPlugin of "broken" failed: ';

function failingInit(code: string, says: string, more: Partial<Fault> = {}): Fault {
  return {
    files: broken(code),
    code: "PLUGO_INIT_FAILED",
    says: [failed + says, `${entry}:`],
    remedy: "Correct what the stack points at; everything it had started was undone.",
    ...more,
  };
}

/** A thrown value that has no stack. */
function thrown(expression: string, shown: string): Fault {
  return failingInit(`export function initPlugin() { throw ${expression}; }`, "", {
    says: [`${failed}${shown} was thrown, which is no Error and has no stack`],
    remedy: "Throw an Error, whose stack says where; everything it had started was undone.",
  });
}

/** Lines that the transform takes away, so that a line that was not mapped back would be another one. */
const typesAbove = ["interface Settings {", "  port: number;", "}", "", "type Mode = 'a' | 'b';", ""];

const faults: Readonly<Record<string, Fault>> = {
  throws: failingInit(
    [...typesAbove, "export function initPlugin() {", "  throw new RangeError('the port is taken');", "}"].join("\n"),
    "RangeError: the port is taken",
    { says: [`${failed}RangeError: the port is taken`, `${entry}:8:9`] },
  ),
  "throws in a function of another file": {
    ...failingInit(
      `import { open } from "./lib/db.ts";\nexport function initPlugin() {\n  open({});\n}`,
      "Error: no database",
    ),
    files: {
      ...broken(`import { open } from "./lib/db.ts";\nexport function initPlugin() {\n  open({});\n}`),
      "broken/lib/db.ts": [
        ...typesAbove,
        "export function open(_: object): void {",
        "  throw new Error('no database');",
        "}",
      ].join("\n"),
    },
    says: [`${failed}Error: no database`, "%/broken/lib/db.ts:8:9", `${entry}:3:3`],
  },
  rejects: failingInit(
    [...typesAbove, "export async function initPlugin() {", "  await null;", "  throw new Error('refused');", "}"].join(
      "\n",
    ),
    "Error: refused",
    { says: [`${failed}Error: refused`, `${entry}:9:9`] },
  ),
  "reads a property of undefined": failingInit(
    [...typesAbove, "export function initPlugin(context: any) {", "  context.db.connect();", "}"].join("\n"),
    "",
    {
      says: [`${failed}TypeError: Cannot read properties of undefined (reading 'connect')`, `${entry}:8:14`],
      chain: failed,
    },
  ),
  "throws an error without a message": failingInit(
    `export function initPlugin() { throw new Error(); }`,
    "Error: Error",
  ),
  "throws an error of its own class": failingInit(
    `class Refused extends Error { name = "Refused"; }\nexport function initPlugin() { throw new Refused("by the door"); }`,
    "Refused: by the door",
  ),
  "throws undefined": thrown("undefined", "undefined"),
  "throws null": thrown("null", "null"),
  "throws a text": thrown(`"no"`, "no"),
  "throws a symbol": thrown(`Symbol("no")`, "Symbol(no)"),
  "rejects with nothing": {
    ...thrown("undefined", "undefined"),
    files: broken(`export function initPlugin() { return Promise.reject(); }`),
  },
  "asks for a plugin that it does not depend on": {
    files: broken(`export function initPlugin(_: object, plugin: any) { plugin.dependency("ahead"); }`),
    code: "PLUGO_NOT_DECLARED",
    says: ['"broken" asked for "ahead", which is not among its dependencies'],
    remedy: 'Add "ahead" to "dependencies"',
  },
  "imports late what is not there": {
    files: broken(`export async function initPlugin() {\n  await import("./gone.ts");\n}`),
    code: "PLUGO_IMPORT_NOT_FOUND",
    says: [`Cannot find "./gone.ts", imported in ${entry}:2:16`],
    remedy: "Correct the path",
  },
  "exceeds its time": {
    files: broken(`export function initPlugin() { return new Promise(() => {}); }`),
    options: { initTimeoutMs: 30 },
    code: "PLUGO_INIT_TIMEOUT",
    says: ['initPlugin of "broken" did not finish within 30 ms'],
    remedy: 'Look for a promise that never settles, or raise "init_timeout_ms" in metadata.json (0 = no limit).',
  },
  "exceeds the time in its metadata": {
    files: broken(`export function initPlugin() { return new Promise(() => {}); }`, { init_timeout_ms: 20 }),
    code: "PLUGO_INIT_TIMEOUT",
    says: ['initPlugin of "broken" did not finish within 20 ms'],
    remedy: "Look for a promise that never settles",
  },
  "cannot get ready for service": {
    files: broken(
      [
        ...typesAbove,
        "export function initPlugin(_: object, plugin: any) {",
        "  plugin.beforeSwap(() => {",
        "    throw new Error('taken');",
        "  });",
        "}",
      ].join("\n"),
    ),
    code: "PLUGO_BEFORE_SWAP_FAILED",
    says: ['"broken" could not be put in service: beforeSwap failed: Error: taken', `${entry}:9:11`],
    remedy: "Correct what is named",
  },
};

describe("loadPlugins", () => {
  for (const [name, fault] of Object.entries(faults)) {
    test(`fails a plugin alone whose initPlugin ${name}`, () => checkFault(fault));
  }

  for (const [name, end] of [
    ["throws", `throw new Error("no");`],
    ["rejects", `return Promise.reject(new Error("no"));`],
    ["exceeds its time", `return new Promise(() => {});`],
  ] as const) {
    test(`undoes what an initPlugin that ${name} had started, last in, first out`, async () => {
      const log: string[] = [];
      using folder = createFolder(
        broken(`export function initPlugin({ log }: any, plugin: any) {
          plugin.defer(() => log.push("first"));
          plugin.use({ [Symbol.asyncDispose]: async () => { await null; log.push("second"); } });
          plugin.defer(() => { log.push("third"); throw new Error("undo"); });
          plugin.signal.addEventListener("abort", () => log.push("signal"));
          setInterval(() => log.push("tick"), 1);
          ${end}
        }`),
      );
      await using host = await loadFrom(folder, { context: { log }, initTimeoutMs: 30 });
      assert.deepEqual(
        log.filter((line) => line !== "tick"),
        ["signal", "third", "second", "first"],
      );
      const { length } = log;
      await host.settled();
      assert.equal(log.length, length);
      const undo = host.report.problems.find(({ code }) => code === "PLUGO_UNDO_FAILED");
      assert.equal(undo?.plugin, "broken");
    });
  }

  test("says for a failing plugin the same again when it is asked for its API", async () => {
    using folder = createFolder(broken(`export function initPlugin() { throw new Error("no"); }`));
    await using host = await loadFrom(folder);
    assert.throws(() => host.get("broken"), {
      code: "PLUGO_NOT_ACTIVE",
      message: /"broken" is not active: .*Error: no/,
    });
    assert.equal(onlyProblemOf(host, "broken").cause instanceof Error, true);
    assert.throws(() => host.get("brokn"), { message: /no source knows it\. Did you mean "broken"\?$/ });
  });

  test("never makes a late rejection of an initPlugin an unhandled one", async () => {
    let reject = (_error: Error): void => {};
    const late = new Promise((_resolve, onReject) => (reject = onReject));
    using folder = createFolder({
      ...broken(`export const initPlugin = ({ late }: any) => late;`),
      "a/metadata.json": {},
      "a/plugin.ts": idle,
    });
    await using host = await loadFrom(folder, { context: { late }, initTimeoutMs: 20 });
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    reject(new Error("late"));
    await new Promise((resolve) => setImmediate(resolve));
    await host.settled();
    process.off("unhandledRejection", note);
    assert.deepEqual(unhandled, []);
  });
});
