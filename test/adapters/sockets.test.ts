import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import Module from "node:module";
import { connect, type AddressInfo, type Socket } from "node:net";
import { describe, test } from "node:test";
import { httpRoutes } from "@plugo/node/http";
import { WebSocket, WebSocketServer } from "ws";
import { codes, loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";

/** A server with the adapter, and what a plugin tells through `tools.events`. */
async function start(): Promise<
  AsyncDisposable & { server: Server; port: number; context: { app: unknown; tools: any }; events: EventEmitter }
> {
  const server = createServer();
  const app = httpRoutes(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const events = new EventEmitter();
  return {
    server,
    port: (server.address() as AddressInfo).port,
    events,
    context: { app, tools: { events, log: [], WebSocketServer } },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function open(port: number, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, "open");
  return socket;
}

async function answer(socket: WebSocket, message: string): Promise<string> {
  const answered = once(socket, "message");
  socket.send(message);
  return String((await answered)[0]);
}

/** Asks for WebSockets by hand, and gives the first bytes of the answer. */
async function shake(port: number, path: string): Promise<{ socket: Socket; head: string }> {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  const [data] = (await once(socket, "data")) as [Buffer];
  return { socket, head: data.toString("latin1") };
}

const withHandlers = (
  label: string,
  options = "{}",
): string => `export function initPlugin({ app, tools }: any, plugin: any) {
  app.webSocket({
    open: (socket: any, request: any) => { tools.log.push("open ${label} " + request.url); },
    message: async (socket: any, data: Buffer) => { if (String(data) === "fail") throw new Error("no"); socket.send("${label} " + data); },
    close: (_socket: any, code: number) => { tools.log.push("close ${label} " + code); },
  }, ${options});
  plugin.defer(() => tools.log.push("end ${label}"));
}`;

const withUpgrade = (label: string): string => `export function initPlugin({ app, tools }: any, plugin: any) {
  const server = new tools.WebSocketServer({ noServer: true });
  app.upgrade((request: any, socket: any, head: any) => server.handleUpgrade(request, socket, head, (client: any) => {
    client.on("message", (data: any) => client.send("${label} " + data));
    client.on("close", async () => { for (let step = 0; step < 50; step += 1) await undefined; tools.log.push("close ${label}"); });
  }));
  plugin.defer(() => tools.log.push("end ${label}"));
}`;

describe("httpRoutes upgrade and webSocket", () => {
  for (const [way, code] of [
    ["upgrade", withUpgrade],
    ["webSocket", withHandlers],
  ] as const) {
    test(`${way} closes with 1012 at the swap, and disposes after the plugin's own close handlers`, async () => {
      await using application = await start();
      using folder = createFolder(plugin("a", code("1")));
      await using host = await loadFrom(folder, { context: application.context });
      const { log } = application.context.tools;
      const socket = await open(application.port, "/plugins/a/chat?x=1");
      assert.equal(await answer(socket, "hi"), "1 hi");
      const closed = once(socket, "close");
      folder.write(plugin("a", code("2")));
      await host.reload("a");
      assert.deepEqual([(await closed)[0], String((await closed)[1])], [1012, "service restart"]);
      await host.settled();
      const ends = log.filter((line: string) => !line.startsWith("open"));
      assert.deepEqual(ends, [way === "upgrade" ? "close 1" : "close 1 1012", "end 1"]);
      if (way === "webSocket") assert.equal(log[0], "open 1 /chat?x=1");
      const next = await open(application.port, "/plugins/a/chat");
      assert.equal(await answer(next, "hi"), "2 hi");
      await host.close();
      assert.deepEqual(codes(host), []);
    });
  }

  test("cuts a connection whose client does not answer the close frame", async () => {
    await using application = await start();
    using folder = createFolder(plugin("a", withHandlers("1")));
    await using host = await loadFrom(folder, { context: application.context });
    const { socket, head } = await shake(application.port, "/plugins/a");
    assert.match(head, /^HTTP\/1\.1 101 /);
    const [frame] = await Promise.all([once(socket, "data"), host.disable("a")]);
    assert.deepEqual([...(frame[0] as Buffer).subarray(0, 4)], [0x88, 17, 0x03, 0xf4]);
    socket.on("error", () => {});
    await host.settled();
    assert.deepEqual(codes(host), []);
    assert.deepEqual(application.context.tools.log.slice(-2), ["close 1 1006", "end 1"]);
    socket.destroy();
  });

  test("moves connections on with handover, until the plugin goes", async () => {
    await using application = await start();
    using folder = createFolder(plugin("a", withHandlers("1", "{ handover: true }")));
    await using host = await loadFrom(folder, { context: application.context });
    const { log } = application.context.tools;
    const socket = await open(application.port, "/plugins/a");
    for (const label of ["2", "3"]) {
      folder.write(plugin("a", withHandlers(label, "{ handover: true }")));
      await host.reload("a");
      await host.settled();
      assert.equal(await answer(socket, "hi"), `${label} hi`);
    }
    assert.deepEqual(log, ["open 1 /", "end 1", "end 2"]);
    const closed = once(socket, "close");
    await host.disable("a");
    assert.equal((await closed)[0], 1012);
    await host.settled();
    assert.deepEqual(log.slice(3), ["close 3 1012", "end 3"]);
  });

  test("logs what a handler throws, and closes with 1011", async () => {
    await using application = await start();
    using folder = createFolder(plugin("a", withHandlers("1")));
    await using host = await loadFrom(folder, { context: application.context });
    const socket = await open(application.port, "/plugins/a");
    const closed = once(socket, "close");
    socket.send("fail");
    assert.equal((await closed)[0], 1011);
    void host;
  });

  test("fails a plugin that uses webSocket where ws is not installed", async (context) => {
    const loader = Module as unknown as { _load: (name: string, ...more: unknown[]) => unknown };
    const load = loader._load;
    context.mock.method(loader, "_load", (name: string, ...more: unknown[]) => {
      if (name === "ws") throw Object.assign(new Error("Cannot find module 'ws'"), { code: "MODULE_NOT_FOUND" });
      return load(name, ...more);
    });
    await using application = await start();
    using folder = createFolder(plugin("a", withHandlers("1")));
    await using host = await loadFrom(folder, { context: application.context });
    assert.deepEqual(codes(host), ["a: PLUGO_PACKAGE_MISSING"]);
    assert.equal(host.report.problems[0]!.remedy, `Run "npm install ws" in the application.`);
  });

  test("leaves other paths to the server's listeners, and refuses them when there are none", async () => {
    await using application = await start();
    using folder = createFolder(plugin("a", withHandlers("1")));
    await using host = await loadFrom(folder, { context: application.context });
    const refused = await shake(application.port, "/other");
    assert.match(refused.head, /^HTTP\/1\.1 404 /);
    await once(refused.socket, "close");
    application.server.on("upgrade", (_request, socket) => void socket.end("the application's"));
    assert.equal((await shake(application.port, "/other")).head, "the application's");
    assert.match((await shake(application.port, "/plugins/a")).head, /^HTTP\/1\.1 101 /);
    await host.close();
    assert.equal(application.server.listenerCount("upgrade"), 1);
  });
});
