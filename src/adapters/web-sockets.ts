import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { PluginScope } from "../host/plugin-scope.ts";
import { requirePackage } from "../kernel/lazy-require.ts";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import type { OpenSocket, Sockets } from "./sockets.ts";

/** The part of a `WebSocket` of the package `ws` that plugins need most; it is that object. */
export interface PluginWebSocket {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Sends a text, or bytes. */
  readonly send: (data: string | Uint8Array) => void;
  /** Asks whether the client is still there. */
  readonly ping: () => void;
  /** Sends a close frame, and closes when it is answered. */
  readonly close: (code?: number, reason?: string) => void;
  /** Cuts the connection. */
  readonly terminate: () => void;
}

/** What a plugin does with its WebSockets. One that fails is logged and closes the socket with 1011. */
export interface WebSocketHandlers {
  /** Called when the handshake is done; `request` is the one that asked for it. */
  readonly open?: ((socket: PluginWebSocket, request: IncomingMessage) => unknown) | undefined;
  /** `data` is the whole message, also a text. */
  readonly message: (socket: PluginWebSocket, data: Buffer, isBinary: boolean) => unknown;
  /** Called when it has closed; `code` is 1006 when the connection was cut. */
  readonly close?: ((socket: PluginWebSocket, code: number, reason: string) => unknown) | undefined;
}

/** What `webSocket` can be told. */
export interface WebSocketOptions {
  /**
   * Whether a connection moves to the plugin's next generation: its later messages are given to the handlers there,
   * which see nothing of what `open` kept in variables. Otherwise it is closed with 1012 at the swap. Default: `false`.
   */
  readonly handover?: boolean | undefined;
}

/** The WebSocket side of one generation. */
export interface WebSocketOwner {
  readonly plugin: PluginScope;
  readonly sockets: Sockets;
  readonly handlers: WebSocketHandlers;
  readonly handover: boolean;
  /** The same of the generation in service, when it has one. */
  readonly successor: () => WebSocketOwner | undefined;
}

interface Ws extends PluginWebSocket {
  readonly on: (event: string, listener: (...args: never[]) => void) => void;
}

interface WsServer {
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, done: (socket: Ws) => void) => void;
}

let server: WsServer | undefined;

/**
 * Loads the package `ws`.
 *
 * @throws PlugoError `PLUGO_PACKAGE_MISSING`.
 */
export function requireWs(plugin: PluginScope): void {
  try {
    const { WebSocketServer } = requirePackage<{ WebSocketServer: new (options: object) => WsServer }>("ws");
    server ??= new WebSocketServer({ noServer: true, clientTracking: false });
  } catch (cause) {
    const facts = { name: plugin.name, package: "ws", purpose: "webSocket()" };
    throw plugoError("PLUGO_PACKAGE_MISSING", facts, { plugin: plugin.name, cause });
  }
}

/** Makes a WebSocket of a connection, which `first` owns until it closes, or moves on to the next generation. */
export function acceptWebSocket(first: WebSocketOwner, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  let owner = first;
  let accepted = false;
  const open: OpenSocket = {
    socket,
    isWebSocket: () => accepted,
    moveOn() {
      const next = owner.handover ? owner.successor() : undefined;
      if (next?.handover !== true) return false;
      owner = next;
      owner.sockets.add(open);
      return true;
    },
  };
  owner.sockets.add(open);
  server!.handleUpgrade(request, socket, head, (webSocket) => {
    accepted = true;
    webSocket.on("error", (error: Error) => owner.plugin.logger.debug(`a WebSocket failed: ${error.message}`));
    webSocket.on("message", (data: Buffer, isBinary: boolean) =>
      call(owner, webSocket, ({ message }) => message(webSocket, data, isBinary)),
    );
    webSocket.on("close", (code: number, reason: Buffer) =>
      call(owner, webSocket, ({ close }) => close?.(webSocket, code, reason.toString())),
    );
    call(owner, webSocket, (handlers) => handlers.open?.(webSocket, request));
  });
}

/** A generation is not disposed while one of its handlers runs. */
function call(
  { plugin, handlers }: WebSocketOwner,
  webSocket: Ws,
  handle: (handlers: WebSocketHandlers) => unknown,
): void {
  const held = plugin.hold();
  const run = async (): Promise<void> => void (await handle(handlers));
  run()
    .catch((error: unknown) => {
      plugin.logger.error(`a handler of a WebSocket failed: ${describeThrown(error)}`);
      webSocket.close(1011);
    })
    .finally(() => held[Symbol.dispose]());
}
