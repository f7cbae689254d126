import { Router } from "@koa/router";
import type Koa from "koa";
import { perPlugin, type PerPlugin } from "../host/per-plugin.ts";
import { pathOf, relativeUrl, retryAfterSeconds } from "./dispatch.ts";
import type { PrefixOptions } from "./route-prefix.ts";
import { isOut, RouteTable, tookTooLong, type Mount } from "./route-table.ts";

export type { PrefixOptions } from "./route-prefix.ts";

/** A `@koa/router` router for an application with this state and context. */
export type KoaRouter<State = Koa.DefaultState, Context = Koa.DefaultContext> = Router<State, Context>;

/**
 * Gives every plugin a `@koa/router` router, mounted at its prefix. Call it before the application's own routes: they
 * get what no plugin answers. An error that a plugin does not catch goes to the middleware before this one, and then to
 * the application's `error` event.
 */
export function koaRoutes<State = Koa.DefaultState, Context = Koa.DefaultContext>(
  app: Koa<State, Context>,
  options: PrefixOptions = {},
): PerPlugin<KoaRouter<State, Context>> {
  const table = new RouteTable<Routes<State, Context>>(options);

  (app as unknown as Koa).use(function pluginRoutes(context, next) {
    const { res: response, url } = context;
    const path = pathOf(url);
    let arrival: number | undefined;
    return visit();

    function visit(shorterThan?: number): Promise<unknown> {
      const mount = table.find(path, shorterThan);
      return mount !== undefined && isOut(mount) ? wait(shorterThan) : hand(mount);
    }

    function hand(mount: Mount<Routes<State, Context>> | undefined): Promise<unknown> {
      if (mount === undefined) return next();
      return response.destroyed ? Promise.resolve() : serve(mount);
    }

    function serve({ prefix, router, visits }: Mount<Routes<State, Context>>): Promise<unknown> {
      const stay = visits.enter(response);
      context.url = relativeUrl(url, prefix);
      let passed = false;
      const pass = async (): Promise<void> => {
        passed = true;
        const own = context.url;
        context.url = url;
        await visit(prefix.length);
        context.url = own;
      };
      const end = (): void => {
        context.url = url;
        // The plugin's part is over only now: its middleware may have waited for what came after it.
        if (passed) stay.leave();
      };
      const fail = (error: unknown): never => {
        end();
        throw error;
      };
      try {
        return router.middleware(context, pass).then(end, fail);
      } catch (error) {
        return fail(error);
      }
    }

    async function wait(shorterThan: number | undefined): Promise<void> {
      arrival ??= performance.now();
      const mount = await table.whenBack(() => table.find(path, shorterThan), arrival);
      if (mount !== tookTooLong) return void (await hand(mount));
      context.status = 503;
      context.set("Retry-After", retryAfterSeconds);
      context.body = "Service Unavailable";
    }
  });

  return perPlugin((plugin) => table.mount(plugin, createRoutes<State, Context>).router.router);
}

/** The routes of one generation. */
interface Routes<State, Context> {
  readonly router: KoaRouter<State, Context>;
  readonly middleware: Koa.Middleware;
}

function createRoutes<State, Context>(): Routes<State, Context> {
  const router = new Router<State, Context>();
  const [routes, allowed] = [router.routes(), router.allowedMethods()] as unknown as Koa.Middleware[];
  return { router, middleware: (context, next) => routes!(context, () => allowed!(context, next)) };
}
