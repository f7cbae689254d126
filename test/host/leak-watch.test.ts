import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInChild } from "../faults/run-child.ts";
import { createFolder } from "../support/plugin-folder.ts";

interface Found {
  readonly lines: readonly string[];
  readonly problems: readonly { readonly code: string; readonly plugin: string; readonly remedy: string }[];
}

interface Case {
  /** The entry file of the plugin `a`. */
  readonly code: string;
  readonly files?: Readonly<Record<string, unknown>>;
  /** The text of the context, in the child's script. */
  readonly context?: string;
  readonly env?: object;
  readonly reloads?: number;
  /** What runs before the last reload. */
  readonly afterwards?: string;
  /** What a reload does beside. */
  readonly work?: string;
}

/**
 * Reloads the plugin in a process of its own, has garbage collected often enough (the watch itself never does), and
 * gives what was written and reported about it.
 */
async function watch({
  code,
  files = {},
  context = "{}",
  env = {},
  reloads = 4,
  afterwards = "",
  work = "",
}: Case): Promise<Found> {
  using folder = createFolder({ "plugins/a/metadata.json": {}, "plugins/a/plugin.ts": code, ...files });
  const body = `
    const { EventEmitter } = await import("node:events");
    (await import("node:v8")).setFlagsFromString("--expose-gc");
    const gc = (await import("node:vm")).runInNewContext("gc");
    const collect = async (times) => {
      for (let turn = 0; turn < times; turn += 1) { gc(); await new Promise((resolve) => setTimeout(resolve, 2)); }
    };
    const context = ${context};
    const problems = [];
    const host = await plugo.loadPlugins({ pluginDirectory: "plugins", context, logger: quiet, env: ${JSON.stringify(env)}, plugins: [] });
    host.on("change", (report) => problems.push(...report.problems));
    for (let reload = 1; reload <= ${reloads}; reload += 1) { await host.reload("a"); ${work} }
    await collect(10);
    ${afterwards}
    await host.reload("a");
    await host.close();
    return { lines: quiet.lines.filter((line) => /^(warn|error)/.test(line)), problems: problems.map((problem) => problem.toJSON()) };`;
  const { value } = await runInChild(body, { cwd: folder.path });
  return value as Found;
}

/** The one line that was written. */
function onlyLine({ lines, problems }: Found): string {
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.deepEqual(
    problems.map(({ code, plugin }) => [code, plugin]),
    [["PLUGO_GENERATION_LEAK", "a"]],
  );
  return lines[0]!;
}

const init = (body: string): string => `export function initPlugin(context: any, plugin: any) {\n${body}\n}`;

/** For plugins whose open handles would keep the child: it ends when its result is written. */
const exitWhenWritten = `const { write } = process.stdout;
  process.stdout.write = (text) => write.call(process.stdout, text, () => process.exit(0));`;

describe("LeakWatch", () => {
  test("names an emitter of the context with the event, the count and the line", async () => {
    const found = await watch({
      code: init(`  context.events.on("login", () => {});`),
      context: "{ events: new EventEmitter() }",
    });
    const line = onlyLine(found);
    assert.match(line, /^warn \[a\] 4 ended generations of "a" are still in memory: likely held by/);
    assert.match(line, /5 × a listener for "login" on context\.events \(plugins\/a\/plugin\.ts:2\)/);
    assert.match(found.problems[0]!.remedy, /plugin\.defer/);
  });

  test("names a listener on process, in another file than the entry", async () => {
    const found = await watch({
      code: `import { listen } from "./listen.ts";\n${init("listen();")}`,
      files: {
        "plugins/a/listen.ts": `const state: number[] = [];\n\nexport const listen = () => process.once("SIGUSR2", () => state.length);`,
      },
    });
    assert.match(onlyLine(found), /5 × a listener for "SIGUSR2" on process \(plugins\/a\/listen\.ts:3\)/);
  });

  test("names listeners of a CommonJS file", async () => {
    const found = await watch({
      code: `import "./listen.cjs";\n${init("")}`,
      files: { "plugins/a/listen.cjs": `"use strict"; process.on("SIGUSR2", () => void 0);` },
    });
    assert.match(onlyLine(found), /listener for "SIGUSR2" on process \(plugins\/a\/listen\.cjs:1\)/);
  });

  for (const [kind, add] of [
    ["an array", "context.kept.push(() => context)"],
    ["a Map", "context.kept.set(plugin.generation, () => context)"],
    ["a Set", "context.kept.add(() => context)"],
  ] as const) {
    test(`names a function in ${kind} of the context`, async () => {
      const value = kind === "an array" ? "[]" : `new ${kind.slice(2)}()`;
      const found = await watch({ code: init(`  ${add};`), context: `{ kept: ${value} }` });
      assert.match(onlyLine(found), /5 × a function in context\.kept \(plugins\/a\/plugin\.ts:2\)/);
    });
  }

  test("names an instance of a class of the plugin", async () => {
    const found = await watch({
      code: `class Session { id = 1; }\n${init("context.store.sessions.push(new Session());")}`,
      context: "{ store: { sessions: [] } }",
    });
    assert.match(onlyLine(found), /5 × an instance of Session in context\.store\.sessions \(plugins\/a\/plugin\.ts/);
  });

  test("names errors whose stack nobody has read", async () => {
    const found = await watch({
      code: init(`  context.errors.push(new Error("kept"));`),
      context: "{ errors: [] }",
    });
    assert.match(onlyLine(found), /an error in context\.errors \(plugins\/a\/plugin\.ts/);
  });

  for (const [kind, code, expected] of [
    [
      "server",
      `import { createServer } from "node:net";\n${init(`return new Promise((done) => createServer(() => {}).listen(0, "127.0.0.1", done as any));`)}`,
      /an open server \(TCPServerWrap/,
    ],
    [
      "timer of node:timers",
      `import { setInterval } from "node:timers";\n${init("setInterval(() => {}, 60_000);")}`,
      /an open timer \(Timeout/,
    ],
    [
      "file watcher",
      `import { watch } from "node:fs";\n${init("watch(plugin.path, () => {});")}`,
      /an open file watcher \(FSEventWrap/,
    ],
  ] as const) {
    test(`names an open ${kind}`, async () => {
      const found = await watch({ code, afterwards: exitWhenWritten });
      assert.match(onlyLine(found), expected);
    });
  }

  test("says where to look when it cannot see the holder", async () => {
    const found = await watch({
      code: init("context.keep(() => context);"),
      context: "(() => { const hidden = []; return { keep: (value) => hidden.push(value) }; })()",
    });
    assert.match(onlyLine(found), /something plugo cannot see holds code of plugins\/a\/plugin\.ts/);
    assert.match(found.problems[0]!.remedy, /heap snapshot/);
  });

  test("reports a plugin once, and not what its leak keeps of a dependency", async () => {
    const found = await watch({
      code: init(`  const base = plugin.dependency("base"); context.events.on("login", () => base);`),
      files: {
        "plugins/a/metadata.json": { dependencies: ["base"] },
        "plugins/base/metadata.json": {},
        "plugins/base/plugin.ts": "export function initPlugin() { return () => {}; }",
      },
      context: "{ events: new EventEmitter() }",
      afterwards: `for (let turn = 0; turn < 3; turn += 1) { await host.reload("base"); await collect(8); }`,
    });
    onlyLine(found);
  });

  test("touches no getter and no proxy of the context", async () => {
    const found = await watch({
      code: init("context.keep(() => context);"),
      context: `(() => {
        const hidden = [];
        const touched = () => process.exit(9);
        const trap = new Proxy({}, { get: touched, has: touched, ownKeys: touched, getPrototypeOf: touched, getOwnPropertyDescriptor: touched });
        return { inner: { get bad() { return touched(); }, trap }, trap, keep: (value) => hidden.push(value) };
      })()`,
    });
    assert.match(onlyLine(found), /plugo cannot see/);
  });

  test("needs no forced collection: the garbage of an application is enough", async () => {
    using folder = createFolder({
      "plugins/a/metadata.json": {},
      "plugins/a/plugin.ts": init("context.kept.push(() => context);"),
    });
    const { value } = await runInChild(
      `const host = await plugo.loadPlugins({ pluginDirectory: "plugins", context: { kept: [] }, logger: quiet, env: {}, plugins: [] });
       for (let reload = 0; reload < 3; reload += 1) await host.reload("a");
       const isTold = () => lines.some((line) => line.includes("PLUGO_GENERATION_LEAK"));
       let kept = [];
       for (let turn = 0; turn < 2_000 && !isTold(); turn += 1) {
         kept = turn % 8 === 0 ? [] : [...kept, Array.from({ length: 50_000 }, (_, index) => ({ index }))];
         await new Promise(setImmediate);
       }
       await host.close();
       return isTold();`,
      { cwd: folder.path },
    );
    assert.equal(value, true);
  });

  test("is off in production", async () => {
    const found = await watch({
      code: init(`  context.events.on("login", () => {});`),
      context: "{ events: new EventEmitter() }",
      env: { NODE_ENV: "production" },
    });
    assert.deepEqual(found, { lines: [], problems: [] });
  });

  const healthy = `import { helper } from "./helper.ts";
    class Session {}
    ${init(`
      const onLogin = () => helper();
      context.events.on("login", onLogin);
      plugin.defer(() => context.events.off("login", onLogin));
      plugin.defer(() => { throw new Error("an undo that fails"); });
      setInterval(onLogin, 1_000);
      plugin.signal.addEventListener("abort", onLogin);
      return { onLogin, Session };`)}`;
  const healthyFiles = {
    "plugins/a/helper.ts": "let count = 0;\nexport const helper = () => (count += 1);",
    "plugins/user/metadata.json": { dependencies: ["a"] },
    "plugins/user/plugin.ts":
      "export function initPlugin(_: any, plugin: any) { const a = plugin.dependency('a'); return () => a; }",
  };
  for (const [load, work] of [
    ["without load", "if (reload % 5 === 0) await collect(1);"],
    [
      "with load on the heap",
      "globalThis.load = Array.from({ length: 20_000 }, (_, index) => ({ index })); (globalThis.more ??= []).push(globalThis.load.slice(0, 500)); if (reload % 20 === 0) await collect(1); else await new Promise(setImmediate);",
    ],
  ] as const) {
    test(`never reports a plugin that undoes what it did: 200 reloads ${load}`, async () => {
      const found = await watch({
        code: healthy,
        files: healthyFiles,
        context: "{ events: new EventEmitter() }",
        reloads: 200,
        work,
      });
      const leaks = found.problems.filter(({ code }) => code === "PLUGO_GENERATION_LEAK");
      assert.deepEqual(leaks, []);
      // Whoever keeps the reports keeps these errors: their stacks were read, so that they hold no function.
      assert.equal(found.problems.length >= 200, true, "the undos were reported");
    });
  }

  test("lets the process exit by itself while it waits for a generation that leaks", async () => {
    using folder = createFolder({
      "plugins/a/metadata.json": {},
      "plugins/a/plugin.ts": init("context.kept.push(() => context);"),
    });
    // Nothing is closed: only what keeps the process alive could.
    const { code } = await runInChild(
      `globalThis.context = { kept: [] };
       const host = await plugo.loadPlugins({ pluginDirectory: "plugins", context, logger: quiet, env: {}, plugins: [] });
       await host.reload("a");
       await host.reload("a");`,
      { cwd: folder.path },
    );
    assert.equal(code, 0);
  });
});
