import { captureRejectionSymbol } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import { perPlugin, type PerPlugin } from "../host/per-plugin.ts";
import { describeThrown } from "../kernel/plugo-error.ts";
import { isThenable } from "../kernel/time-limit.ts";
import { dispatch, retryAfterSeconds } from "./dispatch.ts";
import type { PrefixOptions } from "./route-prefix.ts";
import { RouteTable } from "./route-table.ts";

export type { PrefixOptions } from "./route-prefix.ts";
export type { PerPlugin } from "../host/per-plugin.ts";

/**
 * Answers a request, or calls `next` for the plugin's next handler; `next(error)` is the same as throwing. The URL is
 * relative to the plugin's prefix.
 */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown;

/** What a plugin gets. */
export interface HttpRoutes {
  /** Adds a handler. They are asked in the order they were added. */
  readonly handle: (handler: HttpHandler) => void;
}

/**
 * Gives every plugin handlers for the requests below its prefix. What no plugin answers goes to the server's own
 * listeners, whenever they were added.
 *
 * What a handler throws, or rejects with, goes where Node.js has rejected listeners go:
 * `server[Symbol.for("nodejs.rejection")](error, "request", request, response)`, which by default answers 500.
 */
export function httpRoutes(server: Server | SecureServer, options: PrefixOptions = {}): PerPlugin<HttpRoutes> {
  const table = new RouteTable<HttpHandler[]>(options);
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  server.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== "request") return emit(event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    answer(request, response, () => emit(event, ...args));
    return true;
  };
  return perPlugin((plugin) => {
    const { router } = table.mount(plugin, () => []);
    return Object.freeze({ handle: (handler: HttpHandler) => void router.push(handler) });
  });

  function answer(request: IncomingMessage, response: ServerResponse, fallThrough: () => void): void {
    const { url = "/" } = request;
    dispatch({
      table,
      url,
      response,
      serve({ plugin, router }, relative, pass) {
        request.url = relative;
        callInOrder(router, request, response, (error) => {
          request.url = url;
          if (error !== undefined && error !== null) plugin.logger.error(`a request handler failed: ${describeThrown(error)}`);
          pass(error);
        });
      },
      unavailable: () => void response.writeHead(503, { "Retry-After": retryAfterSeconds }).end("Service Unavailable"),
      next(error) {
        if (error === undefined || error === null) fallThrough();
        else (server as Rejectable)[captureRejectionSymbol](error, "request", request, response);
      },
    });
  }
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
    if (handler === undefined || (error !== undefined && error !== null)) return done(error);
    const fail = (thrown: unknown): void => next(handlers.length + 1, thrown ?? new Error("A handler threw nothing."));
    try {
      const result = handler(request, response, (passed) =>
        passed === undefined || passed === null ? next(index + 1) : fail(passed),
      );
      if (isThenable(result)) result.then(undefined, fail);
    } catch (thrown) {
      fail(thrown);
    }
  }
}
