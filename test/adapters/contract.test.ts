import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import type { LoadPluginsOptions, PluginHost } from "@plugo/node";
import { codes, keepLines, loadFrom } from "../support/load.ts";
import { createFolder, plugin, type TestFolder } from "../support/plugin-folder.ts";
import { ask, open, post } from "./ask.ts";
import { frameworks, type RunningApplication } from "./frameworks.ts";

/** What the routes of the contract wait for, and tell. */
function createTools(): {
  gate: Promise<void>;
  openGate: () => void;
  entered: () => void;
  arrival: Promise<void>;
  log: string[];
  download: () => Readable;
  webDownload: () => ReadableStream;
} {
  let openGate!: () => void;
  let entered!: () => void;
  const gate = new Promise<void>((resolve) => (openGate = resolve));
  const arrival = new Promise<void>((resolve) => (entered = resolve));
  const download = (): Readable => Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(50_000, "x")));
  return { gate, openGate, entered, arrival, log: [], download, webDownload: () => Readable.toWeb(download()) as any };
}

for (const framework of frameworks) {
  describe(`${framework.name} adapter`, () => {
    const full = (label: string): string => `export function initPlugin({ app, tools }: any, plugin: any) {
      ${framework.routes(JSON.stringify(label))}
      plugin.defer(() => tools.log.push("end ${label}"));
    }`;
    const text = (path: string, answer: string): string =>
      `export function initPlugin({ app }: any) { ${framework.text(path, JSON.stringify(answer))} }`;
    const notFound = framework.unanswered === "host" ? "host 404" : undefined;

    async function load(
      folder: TestFolder,
      application: RunningApplication,
      options: LoadPluginsOptions & { tools?: object } = {},
    ): Promise<PluginHost> {
      const { tools = {}, context, ...rest } = options;
      Object.assign(tools, application.tools);
      return loadFrom(folder, { context: { app: application.app, tools, ...context }, ...rest });
    }

    test("answers routes, with middleware, parameters, the query and the application's request", async () => {
      await using application = await framework.start();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools: createTools() });
      assert.deepEqual(codes(host), []);
      const hello = await ask(application.url, "/plugins/a/hello");
      assert.deepEqual([hello.status, hello.text], [200, "hello 1"]);
      assert.deepEqual([hello.headers["x-plugin"], hello.headers["x-host"]], ["1", "yes"]);
      const item = await ask(application.url, "/plugins/a/items/a%20b%2Fc?q=x%26y");
      assert.deepEqual(JSON.parse(item.text), { id: "a b/c", q: "x&y", user: "ada" });
    });

    test("hands errors to the plugin's handler, else to the application's", async () => {
      await using application = await framework.start();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools: createTools() });
      for (const [path, status, body] of [
        ["/plugins/a/throws", 500, "host: thrown"],
        ["/plugins/a/rejects", 500, "host: rejected"],
        ["/plugins/a/handled", 418, "plugin: own"],
      ] as const) {
        const answer = await ask(application.url, path);
        assert.deepEqual([answer.status, answer.text], [status, body], path);
      }
      void host;
    });

    test("hands over bodies, JSON and streams, both ways", async () => {
      await using application = await framework.start();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools: createTools() });
      const json = await post(application.url, "/plugins/a/json", { deep: ["ä"] });
      assert.deepEqual(JSON.parse(json.text), { got: { deep: ["ä"] } });
      const body = Readable.from(Array.from({ length: 30 }, () => Buffer.alloc(100_000)));
      const headers = { "content-type": "application/octet-stream" };
      const upload = await ask(application.url, "/plugins/a/upload", { method: "POST", headers, body });
      assert.deepEqual(JSON.parse(upload.text), { bytes: 3_000_000 });
      const download = await ask(application.url, "/plugins/a/download");
      assert.equal(download.text.length, 2_000_000);
      void host;
    });

    test("answers HEAD, OPTIONS and a wrong method as its framework does", async () => {
      await using application = await framework.start();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools: createTools() });
      const head = await ask(application.url, "/plugins/a/hello", { method: "HEAD" });
      assert.deepEqual([head.status, head.text], [200, ""]);
      const options = await ask(application.url, "/plugins/a/hello", { method: "OPTIONS" });
      assert.deepEqual({ status: options.status, allow: options.headers.allow ?? null }, framework.options);
      const wrong = await ask(application.url, "/plugins/a/hello", { method: "DELETE" });
      assert.equal(wrong.status, framework.wrongMethod);
      void host;
    });

    test("leaves what no plugin answers to the application", async () => {
      await using application = await framework.start();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools: createTools() });
      const answers = async (path: string): Promise<unknown[]> => {
        const { status, text: body, headers } = await ask(application.url, path);
        return [status, body, headers["x-host"]];
      };
      assert.deepEqual(await answers("/own"), [200, "own", "yes"]);
      for (const path of [
        "/",
        "/plugins",
        "/plugins/b",
        "/plugins/ab/hello",
        "/plugin/a",
        "/plugins/A/hello",
        "//plugins/a/hello",
      ]) {
        assert.deepEqual(await answers(path), [404, "host 404", "yes"], path);
      }
      const inside = await ask(application.url, "/plugins/a/nothing/here?a=1");
      assert.equal(inside.status, 404);
      assert.equal(inside.text === "host 404", framework.unanswered === "host", inside.text);
      if (notFound !== undefined) assert.equal((await ask(application.url, "/plugins/a/own")).text, "own below a");
      void host;
    });

    test("finds a prefix as it is written, and in the absolute form of a URL", async () => {
      await using application = await framework.start();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools: createTools() });
      for (const path of ["/plugins/x/../a/hello", "/plugins/./a/hello", "/plugins/%61/hello"]) {
        const answer = await ask(application.url, path);
        assert.equal(answer.text, framework.normalizes ? "hello 1" : "host 404", path);
      }
      const above = await ask(application.url, "/plugins/a/../../own");
      assert.equal(above.status, framework.normalizes ? 200 : 404);
      const item = await ask(application.url, `${application.url}/plugins/a/items/1?q=/2`);
      assert.deepEqual(JSON.parse(item.text), { id: "1", q: "/2", user: "ada" });
      assert.equal((await ask(application.url, "http://other.test")).text, "host 404");
      void host;
    });

    test("mounts at the default, at route_prefix, or where the option says", async () => {
      using folder = createFolder({
        ...plugin("a", text("/", "a")),
        ...plugin("b", text("/", "b"), { route_prefix: "/api/v1/b" }),
      });
      {
        await using application = await framework.start();
        await using host = await load(folder, application);
        for (const [path, answer] of [
          ["/plugins/a", "a"],
          ["/plugins/a/", framework.trailingSlash ? "a" : "404 Not Found"],
          ["/plugins/a?x=/1", "a"],
          ["/api/v1/b", "b"],
        ] as const) {
          assert.equal((await ask(application.url, path)).text, answer, path);
        }
        assert.equal((await ask(application.url, "/plugins/b")).text, "host 404");
        void host;
      }
      await using application = await framework.start({ prefix: ({ name, version }) => `/x/${name}-${version}` });
      await using host = await load(folder, application);
      assert.equal((await ask(application.url, "/x/b-0.0.0")).text, "b");
      assert.equal((await ask(application.url, "/api/v1/b")).text, "host 404");
      void host;
    });

    test("finds the longest of nested prefixes", async () => {
      await using application = await framework.start();
      using folder = createFolder({
        ...plugin("outer", `export function initPlugin({ app }: any) { ${framework.text("/inner/x", `"outer"`)} }`, {
          route_prefix: "/p",
        }),
        ...plugin("inner", text("/", "inner"), { route_prefix: "/p/inner" }),
      });
      await using host = await load(folder, application);
      assert.equal((await ask(application.url, "/p/inner")).text, "inner");
      const unanswered = await ask(application.url, "/p/inner/x");
      assert.equal(unanswered.status, framework.unanswered === "host" ? 200 : 404);
      await host.disable("inner");
      assert.equal((await ask(application.url, "/p/inner/x")).text, "outer");
    });

    test("refuses a prefix that it cannot mount", async () => {
      for (const prefix of [
        "",
        "/",
        "api",
        "/api/",
        "/a//b",
        "/a/../b",
        "/.",
        "/:id",
        "/a*",
        "/a b",
        "/%61",
        "/a?b",
        1,
      ]) {
        await using application = await framework.start({ prefix: () => prefix as string });
        using folder = createFolder(plugin("a", text("/", "a")));
        await using host = await load(folder, application);
        assert.deepEqual(codes(host), ["a: PLUGO_ROUTE_PREFIX_INVALID"], String(prefix));
      }
    });

    test("refuses a second plugin at one prefix, and names both", async () => {
      await using application = await framework.start();
      using folder = createFolder({
        ...plugin("a", text("/", "a"), { route_prefix: "/same" }),
        ...plugin("b", text("/", "b"), { route_prefix: "/same" }),
      });
      await using host = await load(folder, application);
      assert.deepEqual(codes(host), ["b: PLUGO_ROUTE_PREFIX_TAKEN"]);
      assert.match(host.report.problems[0]!.message, /"b".*"\/same".*"a"/);
      assert.equal((await ask(application.url, "/same")).text, "a");
    });

    test("lets plugins exchange their prefixes in one change, and keeps both when one fails", async () => {
      await using application = await framework.start();
      const at = (name: string, prefix: string, code = text("/", name)): object =>
        plugin(name, code, { route_prefix: prefix });
      using folder = createFolder({ ...at("a", "/x"), ...at("b", "/y") });
      await using host = await load(folder, application);
      const both = async (): Promise<string[]> =>
        Promise.all(["/x", "/y"].map(async (path) => (await ask(application.url, path)).text));
      assert.deepEqual(await both(), ["a", "b"]);
      folder.write({ ...at("a", "/y"), ...at("b", "/x", `export function initPlugin() { throw new Error("no"); }`) });
      await host.reload();
      assert.deepEqual(await both(), ["a", "b"]);
      folder.write({ ...at("b", "/x") });
      await host.reload();
      assert.deepEqual(codes(host), []);
      assert.deepEqual(await both(), ["b", "a"]);
    });

    test("changes routes with the plugin, and lets them go with it", async () => {
      await using application = await framework.start();
      using folder = createFolder(plugin("a", text("/old", "1")));
      await using host = await load(folder, application);
      assert.equal((await ask(application.url, "/plugins/a/old")).text, "1");
      folder.write(plugin("a", text("/new", "2")));
      await host.reload("a");
      assert.equal((await ask(application.url, "/plugins/a/new")).text, "2");
      assert.equal((await ask(application.url, "/plugins/a/old")).status, 404);
      folder.write(plugin("a", `export function initPlugin({ app }: any) { app; throw new Error("broken"); }`));
      await host.reload("a");
      assert.equal((await ask(application.url, "/plugins/a/new")).text, "2");
      await host.disable("a");
      assert.equal((await ask(application.url, "/plugins/a/new")).text, "host 404");
    });

    test("answers a request on the generation that it reached, and disposes that afterwards", async () => {
      await using application = await framework.start();
      const tools = createTools();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools });
      const slow = ask(application.url, "/plugins/a/slow");
      await tools.arrival;
      folder.write(plugin("a", full("2")));
      await host.reload("a");
      assert.equal((await ask(application.url, "/plugins/a/hello")).text, "hello 2");
      assert.deepEqual(tools.log, []);
      tools.openGate();
      assert.equal((await slow).text, "slow 1");
      await host.settled();
      assert.deepEqual(tools.log, ["end 1"]);
    });

    test("does not wait for a client that went away", async () => {
      await using application = await framework.start();
      const tools = createTools();
      using folder = createFolder(plugin("a", full("1")));
      const logger = keepLines();
      await using host = await load(folder, application, { tools, logger });
      const { hostname, port } = new URL(application.url);
      const asking = request({ hostname, port, path: "/plugins/a/slow", agent: false });
      asking.on("error", () => {}).end();
      await tools.arrival;
      await host.disable("a");
      assert.deepEqual(tools.log, []);
      asking.destroy();
      await host.settled();
      assert.deepEqual(tools.log, ["end 1"]);
      assert.deepEqual(logger.lines.filter(isFault), []);
      tools.openGate();
    });

    test("does not wait for requests that were queued on a connection that is gone", async () => {
      await using application = await framework.start();
      const tools = createTools();
      const logger = keepLines();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools, logger });
      const { hostname, port, host: name } = new URL(application.url);
      const socket = connect(Number(port), hostname);
      for (let time = 0; time < 12; time += 1) {
        const arrived = nextRequest();
        socket.write(`GET /plugins/a/slow HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
        await arrived;
      }
      await host.disable("a");
      assert.deepEqual(tools.log, []);
      socket.destroy();
      await host.settled();
      assert.deepEqual(tools.log, ["end 1"]);
      assert.deepEqual(logger.lines.filter(isFault), []);
      tools.openGate();
    });

    test("ends an event stream at the swap, also one that becomes one later", async () => {
      await using application = await framework.start();
      const tools = createTools();
      using folder = createFolder(plugin("a", full("1")));
      await using host = await load(folder, application, { tools });
      const events = await open(application.url, "/plugins/a/events");
      const [first] = await once(events, "data");
      assert.equal(String(first), "data: 1\n\n");
      const later = open(application.url, "/plugins/a/later-events");
      await tools.arrival;
      const ended = once(events, "end");
      folder.write(plugin("a", full("2")));
      await host.reload("a");
      await ended;
      tools.openGate();
      const becoming = await later;
      becoming.resume();
      await once(becoming, "end");
      await host.settled();
      assert.deepEqual([tools.log, codes(host)], [["end 1"], []]);
    });

    test("has requests wait while a plugin restarts", async () => {
      await using application = await framework.start();
      const out = createGate();
      const back = createGate();
      const code = (label: string): string => `export async function initPlugin({ app, gates }: any, plugin: any) {
        if (${label} > 1) { gates.out.resolve(); await gates.back.promise; }
        ${framework.text("/", JSON.stringify(label))}
      }`;
      using folder = createFolder(plugin("a", code("1"), { reload: "restart" }));
      await using host = await load(folder, application, { context: { gates: { out, back } } });
      folder.write(plugin("a", code("2"), { reload: "restart" }));
      const reloaded = host.reload("a");
      await out.promise;
      const waiting = Promise.all([1, 2].map(() => ask(application.url, "/plugins/a")));
      assert.equal((await ask(application.url, "/own")).text, "own");
      back.resolve();
      await reloaded;
      assert.deepEqual(
        (await waiting).map((answer) => answer.text),
        ["2", "2"],
      );
    });

    test("answers 503 when a plugin that restarts takes longer than the drain time", async () => {
      await using application = await framework.start();
      const out = createGate();
      const back = createGate();
      const code = (label: string): string => `export async function initPlugin({ app, gates }: any) {
        if (${label} > 1) { gates.out.resolve(); await gates.back.promise; }
        ${framework.text("/", JSON.stringify(label))}
      }`;
      using folder = createFolder(plugin("a", code("1"), { reload: "restart" }));
      await using host = await load(folder, application, {
        context: { gates: { out, back } },
        hotReload: { drainTimeoutMs: 20 },
      });
      folder.write(plugin("a", code("2"), { reload: "restart" }));
      const reloaded = host.reload("a");
      await out.promise;
      const answer = await ask(application.url, "/plugins/a");
      assert.deepEqual([answer.status, answer.headers["retry-after"]], [503, "1"]);
      back.resolve();
      await reloaded;
      assert.equal((await ask(application.url, "/plugins/a")).text, "2");
    });

    test("lets waiting requests fall through at once when the host closes", async () => {
      await using application = await framework.start();
      const out = createGate();
      const ended = createGate();
      const code = `export async function initPlugin({ app, gates }: any, plugin: any) {
        ${framework.text("/", `"1"`)}
        plugin.defer(() => { gates.out.resolve(); return gates.ended.promise; });
      }`;
      using folder = createFolder(plugin("a", code, { reload: "restart" }));
      await using host = await load(folder, application, { context: { gates: { out, ended } } });
      const reloaded = host.reload("a");
      await out.promise;
      const arrived = nextRequest();
      const waiting = ask(application.url, "/plugins/a");
      await arrived;
      const closed = host.close();
      assert.equal((await waiting).text, "host 404");
      ended.resolve();
      await Promise.all([reloaded, closed]);
    });

    test("serves two hosts on one application", async () => {
      await using application = await framework.start();
      using one = createFolder(plugin("a", text("/", "one")));
      using two = createFolder(plugin("b", text("/", "two")));
      await using first = await load(one, application);
      await using second = await loadFrom(two, { context: { app: application.again() } });
      assert.equal((await ask(application.url, "/plugins/a")).text, "one");
      assert.equal((await ask(application.url, "/plugins/b")).text, "two");
      await first.close();
      assert.equal((await ask(application.url, "/plugins/a")).text, "host 404");
      assert.equal((await ask(application.url, "/plugins/b")).text, "two");
      void second;
    });

    test("gives a view that can be awaited, and none to a plugin that takes none", async () => {
      await using application = await framework.start();
      using folder = createFolder({
        ...plugin(
          "a",
          `export async function initPlugin(context: any) { const app = await context.app; if (app.then !== undefined) throw new Error("it is thenable"); ${framework.text("/", `"a"`)} return app; }`,
        ),
        ...plugin("b", `export function initPlugin() {}`),
      });
      await using host = await load(folder, application);
      assert.deepEqual([...host.loaded], ["a", "b"]);
      assert.equal((await ask(application.url, "/plugins/a")).text, "a");
      assert.equal((await ask(application.url, "/plugins/b")).text, "host 404");
    });
  });
}

function isFault(line: string): boolean {
  return /^(?:warn|error) /.test(line);
}

/** Resolves when the next request of this process has gone as far as it goes without waiting. */
function nextRequest(): Promise<void> {
  return new Promise((resolve) => {
    const name = "http.server.request.start";
    const arrived = (): void => {
      unsubscribe(name, arrived);
      setImmediate(resolve);
    };
    subscribe(name, arrived);
  });
}

function createGate(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
