import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { PluginScope } from "../host/plugin-scope.ts";

/** How long a client has to answer a close frame, in milliseconds. */
const closeTimeoutMs = 500;

/** A WebSocket close frame: 1012, "service restart"; a client may connect again at once. */
const restartFrame = Buffer.from([0x88, 2 + 15, 0x03, 0xf4, ...Buffer.from("service restart")]);

/** One connection that left HTTP. */
export interface OpenSocket {
  readonly socket: Duplex;
  /** Whether a close frame can be sent, which needs a finished handshake. */
  readonly isWebSocket: () => boolean;
  /** Moves it to the generation that now is in service; `false` when there is none that takes it. */
  readonly moveOn: () => boolean;
}

/** The connections of one generation: they keep it from being disposed, and end when it is out of service. */
export class Sockets {
  readonly #plugin: PluginScope;
  readonly #open = new Map<OpenSocket, Disposable>();

  constructor(plugin: PluginScope) {
    this.#plugin = plugin;
    plugin.draining.addEventListener("abort", () => this.#drain(), { once: true });
  }

  add(open: OpenSocket): void {
    this.#open.set(open, this.#plugin.hold());
    // What the plugin does when its side is closed runs before this.
    open.socket.once("close", () => setImmediate(() => this.remove(open)));
    if (open.socket.destroyed) this.remove(open);
    if (this.#plugin.draining.aborted) end(open);
  }

  remove(open: OpenSocket): void {
    this.#open.get(open)?.[Symbol.dispose]();
    this.#open.delete(open);
  }

  #drain(): void {
    for (const open of [...this.#open.keys()]) {
      if (open.moveOn()) this.remove(open);
      else end(open);
    }
  }
}

/**
 * The frame goes between two others whatever library speaks on the socket, since one frame is written in one go. The
 * client answers it, and the library ends the connection; what is still open after that time is cut.
 */
function end({ socket, isWebSocket }: OpenSocket): void {
  if (socket.destroyed) return;
  if (isWebSocket() && socket.writable) socket.write(restartFrame);
  const timer = setTimeout(() => socket.destroy(), closeTimeoutMs);
  socket.once("close", () => clearTimeout(timer));
}

/** A connection that an `upgrade` handler got. */
export function upgradedSocket(request: IncomingMessage, socket: Duplex): OpenSocket {
  const written = (): number => (socket as { readonly bytesWritten?: number }).bytesWritten ?? 0;
  const before = written();
  return {
    socket,
    isWebSocket: () => request.headers.upgrade?.toLowerCase() === "websocket" && written() > before,
    moveOn: () => false,
  };
}

/** Ends a connection that nobody takes. */
export function refuse(socket: Duplex, status: "404 Not Found" | "503 Service Unavailable", more = ""): void {
  socket.on("error", () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${more}\r\n`, () => socket.destroy());
}
