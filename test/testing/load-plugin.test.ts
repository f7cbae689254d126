import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { isPlugoError, perPlugin } from "@plugo/node";
import { expressRoutes } from "@plugo/node/express";
import { honoRoutes } from "@plugo/node/hono";
import { loadPlugin } from "@plugo/node/testing";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { displayPath } from "#src/kernel/display-path.js";
import { createFolder, plugin, type TestFolder } from "../support/plugin-folder.ts";

const root = path.resolve(import.meta.dirname, "../../..");

/** The code of a plugin with this body of `initPlugin`, after these imports. */
function init(body: string, imports = ""): string {
  return `${imports}\nexport function initPlugin(context: any, plugin: any) {\n${body}\n}`;
}

/** Loads the plugin `a` of a folder that has only it, and tells what its end says. */
async function leftBehind(code: string, context: object = {}): Promise<string> {
  using folder = createFolder(plugin("a", code));
  const tested = await loadPlugin(folder.at("a"), { context });
  return await messageOf(tested.dispose());
}

async function messageOf(end: Promise<void>): Promise<string> {
  try {
    await end;
    return "";
  } catch (error) {
    assert.ok(isPlugoError(error), String(error));
    assert.equal(error.code, "PLUGO_LEFT_BEHIND");
    assert.equal(error.plugin, "a");
    assert.match(error.remedy, /plugin\.defer/);
    return error.message;
  }
}

/** Whether loading is refused with this code. */
async function refusal(folder: TestFolder, options: object = {}): Promise<string> {
  try {
    await loadPlugin(folder.at("a"), options);
    return "";
  } catch (error) {
    assert.ok(isPlugoError(error), String(error));
    return error.code;
  }
}

describe("loadPlugin", () => {
  test("installs nothing, and leaves nothing where it ran or in the folder for temporary files", async () => {
    using folder = createFolder({
      ...plugin("a", 'import left from "left";\nexport const initPlugin = () => left;'),
      "a/package.json": { dependencies: { left: "^1.0.0" } },
      "node_modules/left/package.json": { name: "left", version: "1.0.0", main: "index.js" },
      "node_modules/left/index.js": 'module.exports = "the application\'s";',
      "temporary/.keep": "",
    });
    const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";
    const before = process.env[variable];
    process.env[variable] = folder.at("temporary");
    try {
      await using tested = await loadPlugin(folder.at("a"));
      assert.equal(tested.api, "the application's");
      assert.equal(readdirSync(folder.at("temporary")).length, 2);
    } finally {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    }
    assert.deepEqual(readdirSync(folder.at("temporary")), [".keep"]);
    assert.deepEqual(readdirSync(folder.at("a")).toSorted(), ["metadata.json", "package.json", "plugin.ts"]);
  });

  test("gives the API, with the context, the config after its defaults, and the stubs of dependencies", async () => {
    using folder = createFolder({
      "a/metadata.json": {
        dependencies: { auth: "^2.1.0" },
        optional_dependencies: ["mail"],
        core_version: ">=99.0.0",
        config_schema: { type: "object", properties: { words: { type: "number", default: 3 } } },
      },
      "a/plugin.ts": init(
        `return { context, config: plugin.config, auth: plugin.dependency("auth"), mail: plugin.dependency("mail") };`,
      ),
    });
    const auth = { check: () => true };
    const context = { own: 1, view: perPlugin(({ name }) => `view of ${name}`) };
    await using tested = await loadPlugin<any>(pathToFileURL(`${folder.at("a")}/`), {
      context,
      config: { more: true },
      dependencies: { auth },
    });
    assert.equal(tested.name, "a");
    assert.deepEqual({ ...tested.api.context }, { own: 1, view: "view of a" });
    assert.deepEqual(tested.api.config, { more: true, words: 3 });
    assert.equal(tested.api.auth, auth);
    assert.equal(tested.api.mail, undefined);
  });

  test("loads a dependency without a stub from beside the plugin, and nothing else that is there", async () => {
    using folder = createFolder({
      ...plugin("a", init(`return plugin.dependency("auth");`), { dependencies: ["auth"] }),
      ...plugin("auth", init(`return "the real one";`)),
      ...plugin("broken", "throw new Error('not wanted');"),
    });
    {
      await using tested = await loadPlugin(folder.at("a"));
      assert.equal(tested.api, "the real one");
    }
    await using stubbed = await loadPlugin(folder.at("a"), { dependencies: { auth: "a stub" } });
    assert.equal(stubbed.api, "a stub");
  });

  test("takes no notice of the process's PLUGINS and variables, and writes nothing to the plugin's folder", async () => {
    using folder = createFolder(plugin("a", init("return 1;")));
    mkdirSync(folder.at("node_modules/@plugo"), { recursive: true });
    symlinkSync(root, folder.at("node_modules/@plugo/node"), "junction");
    folder.write({
      "test.mjs": `
        import { PLUGINS } from "@plugo/node";
        import { loadPlugin } from "@plugo/node/testing";
        PLUGINS.push({ pluginName: "a", importClassDetails: { modulePath: "x", moduleClassName: "X" }, status: "inactive" });
        const plugin = await loadPlugin("a");
        console.log(plugin.api);
        await plugin.dispose();`,
    });
    const env = { ...process.env, ENABLED_PLUGINS: "other", ENABLE_PLUGIN_HOT_RELOAD: "maybe" };
    const { stdout, stderr } = spawnSync(process.execPath, ["test.mjs"], { cwd: folder.path, env, encoding: "utf8" });
    assert.deepEqual([stdout, stderr], ["1\n", ""]);
    assert.deepEqual(readdirSync(folder.at("a")).toSorted(), ["metadata.json", "plugin.ts"]);
    assert.equal(existsSync(folder.at(".plugo")), false);
  });

  test("rejects with what is wrong with the plugin, and leaves nothing running", async () => {
    using folder = createFolder(plugin("a", init("return 1;")));
    assert.equal(await refusal(folder, { coreVersion: "1.0.0" }), "");
    folder.write(plugin("a", init("return 1;"), { core_version: "^2.0.0" }));
    assert.equal(await refusal(folder, { coreVersion: "1.0.0" }), "PLUGO_CORE_VERSION");
    folder.write(plugin("a", init(`setInterval(() => {}, 1); throw new Error("no");`)));
    assert.equal(await refusal(folder), "PLUGO_INIT_FAILED");
    folder.write(plugin("a", init(""), { dependencies: ["auth"] }));
    assert.equal(await refusal(folder), "PLUGO_DEPENDENCY_MISSING");
    await assert.rejects(loadPlugin(folder.at("a")), { remedy: /the option "dependencies" can stand in for it\.$/ });
    folder.write({ "a/metadata.json": "{" });
    assert.equal(await refusal(folder), "PLUGO_MANIFEST_INVALID");
    folder.remove("a");
    assert.equal(await refusal(folder), "PLUGO_UNKNOWN_PLUGIN");
    folder.write(plugin("report", init("")));
    const slip = folder.at("raport");
    await assert.rejects(loadPlugin(slip), {
      message: `No plugin is named "raport", which loadPlugin("${displayPath(slip)}") asks for. Did you mean "report"?`,
    });
  });

  test("refuses options that cannot be meant, before anything is loaded", async () => {
    using folder = createFolder(plugin("a", init("return 1;")));
    for (const [options, code] of [
      [null, "PLUGO_OPTION_INVALID"],
      [{ context: null }, "PLUGO_OPTION_INVALID"],
      [{ config: 1 }, "PLUGO_OPTION_INVALID"],
      [{ initTimeoutMs: -1 }, "PLUGO_OPTION_INVALID"],
      [{ dependencies: { "../auth": {} } }, "PLUGO_OPTION_INVALID"],
      [{ dependecies: {} }, "PLUGO_OPTION_UNKNOWN"],
    ] as const) {
      assert.equal(await refusal(folder, options as object), code, JSON.stringify(options));
    }
    for (const wrong of [undefined, "", 1, new URL("http://localhost/a")]) {
      await assert.rejects(loadPlugin(wrong as string), { code: "PLUGO_OPTION_INVALID" });
    }
  });

  test("reload puts the saved file in service; a broken one rejects and the old one stays", async () => {
    using folder = createFolder(plugin("a", init("return 1;")));
    await using tested = await loadPlugin(folder.at("a"));
    folder.write({ "a/plugin.ts": init("return 2;") });
    await tested.reload();
    assert.equal(tested.api, 2);
    folder.write({ "a/plugin.ts": init(`throw new Error("no");`) });
    await assert.rejects(tested.reload(), { code: "PLUGO_INIT_FAILED" });
    assert.equal(tested.api, 2);
  });

  test("passes a plugin that undoes what it did", async () => {
    const code = init(
      `const server = createServer().listen(0, "127.0.0.1");
       plugin.defer(() => new Promise((done) => server.close(done)));
       const watcher = watch(plugin.path); plugin.defer(() => watcher.close());
       const onSignal = () => {}; process.on("SIGUSR2", onSignal); plugin.defer(() => process.off("SIGUSR2", onSignal));
       context.events.on("login", onSignal); plugin.defer(() => context.events.off("login", onSignal));
       setInterval(onSignal, 60_000);
       const own = every(onSignal, 60_000); plugin.defer(() => clearInterval(own));
       context.app.get("/", onSignal);
       return fetch(context.url).then((response) => response.text());`,
      `import { createServer } from "node:http"; import { watch } from "node:fs"; import { setInterval as every } from "node:timers";`,
    );
    const app = express();
    const context = { events: new EventEmitter(), app: expressRoutes(app), url: "data:,hello" };
    assert.equal(await leftBehind(code, context), "");
  });

  test("does not take what the test itself opens, or had before, for the plugin's", async (t) => {
    using folder = createFolder(plugin("a", init("context.run(() => 1);\nreturn () => 1;")));
    const server = express().listen(0, "127.0.0.1");
    t.after(() => server.close());
    const events = new EventEmitter();
    // The very text of a function of the plugin.
    const listener = () => 1;
    events.on("login", listener);
    const tested = await loadPlugin(folder.at("a"), { context: { events, run: () => 1, kept: [() => 1] } });
    const timer = setInterval(listener, 60_000);
    t.after(() => clearInterval(timer));
    const more = express().listen(0, "127.0.0.1");
    t.after(() => more.close());
    await tested.dispose();
  });

  const leftovers: Record<string, { imports?: string; body: string; context?: () => object; expected: RegExp }> = {
    "a timer of node:timers": {
      imports: `import { setInterval as every } from "node:timers";`,
      body: `every(() => {}, 60_000);`,
      expected: /an open timer \(.*plugin\.ts:3\)/,
    },
    "a timer that does not keep the process alive": {
      imports: `import { setTimeout as later } from "node:timers";`,
      body: `later(() => {}, 60_000).unref();`,
      expected: /an open timer \(.*plugin\.ts:3\)/,
    },
    "a timer of timers/promises": {
      imports: `import { setTimeout as wait } from "node:timers/promises";`,
      body: `void wait(60_000);`,
      expected: /an open timer \(.*plugin\.ts:3\)/,
    },
    "a server": {
      imports: `import { createServer } from "node:net";`,
      body: `return new Promise((done) => createServer().listen(0, "127.0.0.1", () => done(1)));`,
      expected: /an open server \(.*plugin\.ts:3\)/,
    },
    "a socket": {
      imports: `import { connect } from "node:net"; import { once } from "node:events";`,
      body: `return once(connect(context.port, "127.0.0.1"), "connect");`,
      expected: /an open socket \(.*plugin\.ts:3\)/,
    },
    "a datagram socket": {
      imports: `import { createSocket } from "node:dgram";`,
      body: `createSocket("udp4").bind(0, "127.0.0.1");`,
      expected: /an open datagram socket \(.*plugin\.ts:3\)/,
    },
    "a child process": {
      imports: `import { spawn } from "node:child_process";`,
      body: `context.children.push(spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" }));`,
      expected: /an open child process \(.*plugin\.ts:3\)/,
    },
    "a worker": {
      imports: `import { Worker } from "node:worker_threads";`,
      body: `const worker = new Worker("setTimeout(() => {}, 60_000)", { eval: true }); context.children.push({ kill: () => worker.terminate() });`,
      expected: /an open worker \(.*plugin\.ts:3\)/,
    },
    "a watcher": {
      imports: `import { watch } from "node:fs";`,
      body: `watch(plugin.path, { persistent: false });`,
      expected: /an open file watcher \(.*plugin\.ts:3\)/,
    },
    "a listener on process": {
      body: `process.on("SIGUSR2", () => void plugin.name);`,
      expected: /a listener for "SIGUSR2" on process \(.*plugin\.ts:3\)/,
    },
    "a listener on an emitter of the context": {
      body: `context.events.once("login", () => void plugin.name);`,
      context: () => ({ events: new EventEmitter() }),
      expected: /a listener for "login" on context\.events \(.*plugin\.ts:3\)/,
    },
    "a function in the context": {
      body: `context.hooks.push(() => void plugin.name);`,
      context: () => ({ hooks: [] }),
      expected: /a function in context\.hooks \(.*plugin\.ts:3\)/,
    },
    "an undo that fails": {
      body: `plugin.defer(() => { throw new Error("did not work"); }, "the flush");`,
      expected: /the flush.*did not work/,
    },
    "routes of a raw Express application": {
      body: `context.app.get("/", (_request: any, response: any) => response.end());`,
      context: () => ({ app: express() }),
      expected: /routes or middleware on context\.app, .*@plugo\/node\/express/,
    },
    "routes of a raw Fastify application": {
      body: `context.app.get("/", async () => "");`,
      context: () => ({ app: Fastify() }),
      expected: /routes or middleware on context\.app, .*@plugo\/node\/fastify/,
    },
    "routes of a raw Hono application": {
      body: `context.app.get("/", (one: any) => one.text(""));`,
      context: () => ({ app: new Hono() }),
      expected: /routes or middleware on context\.app, .*@plugo\/node\/hono/,
    },
    "middleware of a raw Koa application": {
      body: `context.app.use((_: any, next: any) => next());`,
      context: () => ({ app: new Koa() }),
      expected: /routes or middleware on context\.app, .*@plugo\/node\/koa/,
    },
  };
  for (const [what, { imports = "", body, context = () => ({}), expected }] of Object.entries(leftovers)) {
    test(`names ${what} that is left behind`, async (t) => {
      const server = express().listen(0, "127.0.0.1");
      const children: { kill: () => unknown }[] = [];
      t.after(() => {
        server.closeAllConnections();
        server.close();
        process.removeAllListeners("SIGUSR2");
        for (const child of children) child.kill();
      });
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as { port: number };
      const message = await leftBehind(init(body, imports), { ...context(), port, children });
      assert.match(message, /^The plugin "a" has ended and left behind:\n/);
      assert.match(message, expected);
    });
  }

  test("names what a route of the plugin left behind, and each thing that is", async (t) => {
    const app = express();
    const context = { app: expressRoutes(app), events: new EventEmitter() };
    const code = init(
      `context.app.get("/", (_request: any, response: any) => {\n every(() => {}, 60_000); context.events.on("x", () => void response); response.end(); });`,
      `import { setInterval as every } from "node:timers";`,
    );
    using folder = createFolder(plugin("a", code));
    const tested = await loadPlugin(folder.at("a"), { context });
    const server = app.listen(0, "127.0.0.1");
    t.after(() => server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await (await fetch(`http://127.0.0.1:${port}/plugins/a/`, { headers: { connection: "close" } })).text();
    const message = await messageOf(tested.dispose());
    assert.match(message, /- an open timer \(.*plugin\.ts:4\)\n {2}- a listener for "x" on context\.events/);
    assert.equal(message.split("\n").length, 3, message);
  });

  test("names what an earlier generation left behind", async () => {
    using folder = createFolder(plugin("a", init(`context.events.on("login", () => void 1);`)));
    const tested = await loadPlugin(folder.at("a"), { context: { events: new EventEmitter() } });
    folder.write({ "a/plugin.ts": init("") });
    await tested.reload();
    assert.match(await messageOf(tested.dispose()), /a listener for "login"/);
  });

  test("names an undo of an earlier generation that failed", async () => {
    using folder = createFolder(plugin("a", init(`plugin.defer(() => { throw new Error("did not work"); });`)));
    const tested = await loadPlugin(folder.at("a"));
    folder.write({ "a/plugin.ts": init("") });
    await tested.reload();
    assert.match(await messageOf(tested.dispose()), /did not work/);
  });

  test("does not take a response that the test never read for the plugin's fault", async () => {
    const app = new Hono();
    using folder = createFolder(plugin("a", init(`context.app.get("/", (one: any) => one.text("hello"));`)));
    const tested = await loadPlugin(folder.at("a"), { context: { app: honoRoutes(app) } });
    assert.equal((await app.request("/plugins/a")).status, 200);
    const startTime = performance.now();
    await tested.dispose();
    assert.ok(performance.now() - startTime < 5_000);
  });

  test("dispose reports once: later calls wait for the same end", async () => {
    using folder = createFolder(plugin("a", init(`process.on("SIGUSR2", () => void plugin);`)));
    const tested = await loadPlugin(folder.at("a"));
    assert.match(await messageOf(tested.dispose()), /SIGUSR2/);
    process.removeAllListeners("SIGUSR2");
    await tested.dispose();
    await tested[Symbol.asyncDispose]();
  });

  test("lets the process of a failed test end, whatever is left open", () => {
    using folder = createFolder({
      ...plugin("a", init(`createServer().listen(0);`, `import { createServer } from "node:net";`)),
      "a/test/plugin.test.js": `
        import { test } from "node:test";
        import { loadPlugin } from "@plugo/node/testing";
        test("greets", async (t) => {
          const plugin = await loadPlugin(new URL("..", import.meta.url));
          t.after(() => plugin.dispose());
        });`,
      "package.json": { type: "module" },
    });
    mkdirSync(folder.at("node_modules/@plugo"), { recursive: true });
    symlinkSync(root, folder.at("node_modules/@plugo/node"), "junction");
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const ended = spawnSync(process.execPath, ["--test", "--test-reporter=tap"], {
      cwd: folder.at("a"),
      env,
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(ended.status, 1, ended.stderr);
    assert.match(ended.stdout, /left behind/);
    assert.match(ended.stdout, /an open server \(plugin\.ts:3\)/);
  });
});
