import { captureRejectionSymbol } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { perPlugin, type PerPlugin } from "../host/per-plugin.ts";
import { describeThrown } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import { Passage, pathOf, relativeUrl, retryAfterSeconds, type Seat } from "./dispatch.ts";
import type { PrefixOptions } from "./route-prefix.ts";
import { isOut, RouteTable, tookTooLong, type Mount } from "./route-table.ts";
import { refuse, Sockets, upgradedSocket } from "./sockets.ts";
import {
  acceptWebSocket,
  requireWs,
  type WebSocketHandlers,
  type WebSocketOptions,
  type WebSocketOwner,
} from "./web-sockets.ts";

export type { PrefixOptions } from "./route-prefix.ts";
export type { PluginWebSocket, WebSocketHandlers, WebSocketOptions } from "./web-sockets.ts";

/**
 * Answers a request, or calls `next` for the plugin's next handler; `next(error)` is the same as throwing. The URL is
 * relative to the plugin's prefix.
 */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => unknown;

/** Takes a connection over that asks to leave HTTP, as a listener of `upgrade` does. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

/** What a plugin gets. */
export interface HttpRoutes {
  /** Adds a handler. They are asked in the order they were added. */
  readonly handle: (handler: HttpHandler) => void;
  /**
   * Takes the connections below the prefix that ask to leave HTTP; a later call replaces it. At the swap a WebSocket gets
   * a close frame 1012, "service restart", and what is still open after 500 ms is cut.
   */
  readonly upgrade: (handler: UpgradeHandler) => void;
  /**
   * Takes the WebSockets below the prefix, with the package `ws`, which the application installs.
   *
   * @throws PlugoError `PLUGO_PACKAGE_MISSING`.
   */
  readonly webSocket: (handlers: WebSocketHandlers, options?: WebSocketOptions) => void;
}

/**
 * Gives every plugin handlers for the requests below its prefix, and for the connections that ask to leave HTTP. What no
 * plugin answers goes to the server's own listeners, whenever they were added. An application of another framework hands
 * it out beside its own adapter, for WebSockets.
 *
 * What a handler throws, or rejects with, goes where Node.js has rejected listeners go:
 * `server[Symbol.for("nodejs.rejection")](error, "request", request, response)`, which by default answers 500.
 */
export function httpRoutes(server: Server | SecureServer, options: PrefixOptions = {}): PerPlugin<HttpRoutes> {
  const table = new RouteTable<Routes>(options);
  const seat = createSeat(table);
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  let upgrading = 0;
  server.emit = (event: string, ...args: unknown[]): boolean => {
    if (event === "request") {
      const [request, response] = args as [IncomingMessage, ServerResponse];
      new Passage(seat, request, response, request.url ?? "/", (error) => {
        if (isFault(error)) (server as Rejectable)[captureRejectionSymbol](error, event, request, response);
        else emit(event, request, response);
      }).begin();
    } else if (event === "upgrade" && upgrading > 0) {
      const [request, socket, head] = args as [IncomingMessage, Duplex, Buffer];
      answerUpgrade(table, request, socket, head, () => {
        if (server.listeners(event).every(isMark)) refuse(socket, "404 Not Found");
        else emit(event, request, socket, head);
      });
    } else return emit(event, ...args);
    return true;
  };

  return perPlugin((plugin) => {
    const routes: Routes = { handlers: [], sockets: new Sockets(plugin), upgrade: undefined, webSockets: undefined };
    const takeUpgrades = (handler: UpgradeHandler): void => {
      if (routes.upgrade === undefined) {
        // With a listener, Node.js reads such a request as one that leaves HTTP: only while a plugin wants it.
        upgrading += 1;
        if (upgrading === 1) server.on("upgrade", mark);
        plugin.defer(() => {
          upgrading -= 1;
          if (upgrading === 0) server.off("upgrade", mark);
        }, "its upgrade handler");
      }
      routes.upgrade = handler;
    };
    table.mount(plugin, () => routes);
    const { sockets } = routes;
    return Object.freeze<HttpRoutes>({
      handle: (handler) => void routes.handlers.push(handler),
      upgrade: (handler) =>
        takeUpgrades((request, socket, head) => {
          sockets.add(upgradedSocket(request, socket));
          return handler(request, socket, head);
        }),
      webSocket(handlers, { handover = false } = {}) {
        requireWs(plugin);
        const successor = (): WebSocketOwner | undefined => table.inService(plugin)?.router.webSockets;
        const owner: WebSocketOwner = { plugin, sockets, handlers, handover, successor };
        routes.webSockets = owner;
        takeUpgrades((request, socket, head) => acceptWebSocket(owner, request, socket, head));
      },
    });
  });
}

/** The routes of one generation. */
interface Routes {
  readonly handlers: HttpHandler[];
  readonly sockets: Sockets;
  upgrade: UpgradeHandler | undefined;
  webSockets: WebSocketOwner | undefined;
}

function createSeat(table: RouteTable<Routes>): Seat<Routes, IncomingMessage, ServerResponse> {
  return {
    table,
    serve({ plugin, router }, request, response, relative, next) {
      const { url } = request;
      request.url = relative;
      callInOrder(router.handlers, request, response, (error) => {
        request.url = url;
        if (isFault(error)) plugin.logger.error(`a request handler failed: ${describeThrown(error)}`);
        next(error);
      });
    },
    unavailable: (response) =>
      void response.writeHead(503, { "Retry-After": retryAfterSeconds }).end("Service Unavailable"),
  };
}

function answerUpgrade(
  table: RouteTable<Routes>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  fallThrough: () => void,
): void {
  const { url = "/" } = request;
  const path = pathOf(url);
  const found = find();
  if (found !== undefined && isOut(found)) void wait();
  else hand(found);

  function find(): Mount<Routes> | undefined {
    let mount = table.find(path);
    while (mount !== undefined && !isOut(mount) && mount.router.upgrade === undefined) {
      mount = table.find(path, mount.prefix.length);
    }
    return mount;
  }

  function hand(mount: Mount<Routes> | undefined): void {
    if (mount === undefined) return fallThrough();
    request.url = relativeUrl(url, mount.prefix);
    const { plugin, router } = mount;
    const fail = (error: unknown): void => {
      plugin.logger.error(`an upgrade handler failed: ${describeThrown(error)}`);
      socket.destroy();
    };
    try {
      const result = router.upgrade!(request, socket, head);
      if (isThenable(result)) result.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }

  async function wait(): Promise<void> {
    const mount = await table.whenBack(find, performance.now());
    if (socket.destroyed) return;
    if (mount !== tookTooLong) hand(mount);
    else refuse(socket, "503 Service Unavailable", `Retry-After: ${retryAfterSeconds}\r\n`);
  }
}

/** Stands among the listeners of `upgrade` for all adapters of a server; what it would do is done before. */
function mark(): void {}
mark.plugo = true;

function isMark(listener: object): boolean {
  return "plugo" in listener;
}

function isFault(error: unknown): boolean {
  return error !== undefined && error !== null;
}

interface Rejectable {
  readonly [captureRejectionSymbol]: (error: unknown, event: string, ...args: unknown[]) => void;
}

function callInOrder(
  handlers: readonly HttpHandler[],
  request: IncomingMessage,
  response: ServerResponse,
  done: (error?: unknown) => void,
): void {
  let called = -1;
  next(0);

  function next(index: number, error?: unknown): void {
    // Each may go on only once.
    if (index <= called) return;
    called = index;
    const handler = handlers[index];
    if (handler === undefined || isFault(error)) return done(error);
    try {
      const result = handler(request, response, (passed) => (isFault(passed) ? fail(passed) : next(index + 1)));
      if (isThenable(result)) result.then(undefined, fail);
    } catch (thrown) {
      fail(thrown);
    }
  }

  function fail(thrown: unknown): void {
    next(handlers.length + 1, thrown ?? new Error("A handler threw nothing."));
  }
}
