import type { ServerResponse } from "node:http";
import { Hono, type Context, type Env, type Next } from "hono";
import { perPlugin, type PerPlugin } from "../host/per-plugin.ts";
import type { PluginScope } from "../host/plugin-scope.ts";
import { retryAfterSeconds } from "./dispatch.ts";
import { holdUntilRead } from "./hold-until-read.ts";
import type { PrefixOptions } from "./route-prefix.ts";
import { isOut, RouteTable, tookTooLong, type Mount } from "./route-table.ts";

export type { PrefixOptions } from "./route-prefix.ts";

/** What `honoRoutes` can be told. */
export interface HonoRoutesOptions<E extends Env = Env> extends PrefixOptions {
  /** Prepares the router of each generation, before `initPlugin` uses it: it inherits nothing of the application. */
  readonly setup?: ((router: Hono<E>, plugin: PluginScope) => void) | undefined;
}

/**
 * Gives every plugin a `Hono` of its own, mounted at its prefix. Call it before the application's own routes. A path
 * below the prefix that the plugin does not answer gets its 404; an error that it does not handle goes to the
 * application's `onError`.
 */
export function honoRoutes<E extends Env>(
  // oxlint-disable-next-line typescript/no-explicit-any -- schema and base path are the application's own
  app: Hono<E, any, any>,
  options: HonoRoutesOptions<E> = {},
): PerPlugin<Hono<E>> {
  const table = new RouteTable<Hono<E>>(options);

  // Not async, and each request's way as short as it can be: a response that is there at once stays one that is.
  app.use(function pluginRoutes(context, next): Promise<Response | void> {
    const mount = table.find(context.req.path);
    if (mount === undefined) return next();
    return (isOut(mount) ? wait(context, next) : answer(mount, context)) as Promise<Response>;
  });

  return perPlugin((plugin) => {
    const create = (prefix: string): Hono<E> => new Hono<E>().basePath(prefix);
    const { router } = table.mount(plugin, create);
    router.onError(toApplication);
    options.setup?.(router, plugin);
    return router;
  });

  function answer({ plugin, router, visits }: Mount<Hono<E>>, context: Context<E>): Response | Promise<Response> {
    const { raw } = context.req;
    (raw as Handed)[host] = context;
    const response = outgoingOf(context.env);
    if (response !== undefined) {
      if (!response.destroyed) visits.enter(response);
      return router.fetch(raw, context.env);
    }
    return holdUntilRead(plugin, () => router.fetch(raw, context.env, executionOf(context)));
  }

  async function wait(context: Context<E>, next: Next): Promise<Response | void> {
    const mount = await table.whenBack(() => table.find(context.req.path), performance.now());
    if (mount === undefined) return next();
    if (mount !== tookTooLong) return answer(mount, context);
    return new Response("Service Unavailable", { status: 503, headers: { "Retry-After": retryAfterSeconds } });
  }
}

const host: unique symbol = Symbol("the application's context");

/** A request that was handed to a plugin, with the application's own context. */
interface Handed extends Request {
  [host]?: Context;
}

/**
 * The application's own context of a request that a plugin answers: its variables, for instance.
 *
 * @param context The plugin's context, or its raw request.
 * @throws TypeError When no application handed it to a plugin.
 */
export function hostRequest<E extends Env = Env>(context: Context | Request): Context<E> {
  const request: Handed = context instanceof Request || !("req" in context) ? context : context.req.raw;
  const own = request[host];
  if (own === undefined) throw new TypeError("This request was not handed to a plugin by honoRoutes.");
  return own;
}

/** Thrown on: the application's `onError` decides what no handler of the plugin takes. */
function toApplication(error: Error): never {
  throw error;
}

/** The Node.js response, which `@hono/node-server` hands over. */
function outgoingOf(env: unknown): ServerResponse | undefined {
  return (env as { readonly outgoing?: ServerResponse } | undefined)?.outgoing;
}

/** Not every runtime has one, and asking for it throws then. */
function executionOf(context: Context): Context["executionCtx"] | undefined {
  try {
    return context.executionCtx;
  } catch {
    return undefined;
  }
}
