import express from "express";
import { perPlugin, type PerPlugin } from "../host/per-plugin.ts";
import { Passage, retryAfterSeconds, type Seat } from "./dispatch.ts";
import type { PrefixOptions } from "./route-prefix.ts";
import { RouteTable } from "./route-table.ts";

export type { PrefixOptions } from "./route-prefix.ts";

/** What a plugin gets: an Express `Router` that has settings, engines and views of its own, like an application. */
export type PluginRouter = express.Router &
  Pick<express.Application, "set" | "enable" | "disable" | "engine" | "render" | "locals">;

/**
 * Gives every plugin an Express router, mounted at its prefix. Call it before the application's own routes: they get
 * what no plugin answers, and their error handlers get what no plugin handles.
 *
 * A plugin's routes, views, view cache and static folders come and leave with its generation. Settings that it does not
 * set are the application's.
 */
export function expressRoutes(app: express.Express, options: PrefixOptions = {}): PerPlugin<PluginRouter> {
  const table = new RouteTable<express.Express>(options);
  const answering = new WeakMap<object, express.Express>();
  nameAnsweringApp(app, answering);
  const seat: Seat<express.Express, express.Request, express.Response> = {
    table,
    serve({ prefix, router }, request, response, relative, next) {
      const { baseUrl, url } = request;
      const requests: unknown = Object.getPrototypeOf(request);
      request.url = relative;
      request.baseUrl = baseUrl + prefix;
      answering.set(request, router);
      // The application has set it when its own setting says so.
      if (router.enabled("x-powered-by") && app.disabled("x-powered-by")) response.set("X-Powered-By", "Express");
      router.router(request, response, (error?: unknown) => {
        request.url = url;
        request.baseUrl = baseUrl;
        answering.delete(request);
        // An application that the plugin has mounted left its own.
        if (Object.getPrototypeOf(request) !== requests) giveBack(request, response, app);
        next(error);
      });
    },
    unavailable: (response) =>
      void response.status(503).set("Retry-After", retryAfterSeconds).send("Service Unavailable"),
  };
  app.use((request, response, next) => new Passage(seat, request, response, request.url, next).begin());
  return perPlugin((plugin) => table.mount(plugin, () => createRouter(app)).router);
}

/** What an application gives to the requests and responses that it handles; its types do not name them. */
interface Prototypes {
  readonly request: object;
  readonly response: object;
}

/**
 * Has a request and its response name the plugin's application as their `app` while it answers. Express itself gives them
 * other prototypes for that. After that, like after every new property, V8 on Node.js 20 has no shape for them that it
 * knows, and what handles them is slow.
 */
function nameAnsweringApp(app: express.Express, answering: WeakMap<object, express.Express>): void {
  const { request, response } = app as unknown as Prototypes;
  nameApp(request, (one) => answering.get(one));
  nameApp(response, (one) => answering.get((one as express.Response).req));
}

function nameApp(prototype: object, answeringApp: (one: object) => express.Express | undefined): void {
  // Of the application itself, or of another view of it.
  const own = Object.getOwnPropertyDescriptor(prototype, "app")!;
  Object.defineProperty(prototype, "app", {
    configurable: true,
    enumerable: true,
    get(this: object): unknown {
      return answeringApp(this) ?? (own.get === undefined ? own.value : own.get.call(this));
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, "app", { configurable: true, enumerable: true, writable: true, value });
    },
  });
}

function giveBack(request: object, response: object, app: express.Express): void {
  const prototypes = app as unknown as Prototypes;
  Object.setPrototypeOf(request, prototypes.request);
  Object.setPrototypeOf(response, prototypes.response);
}

/** An application of its own for each generation: no public call clears the view cache of an existing one. */
function createRouter(app: express.Express): express.Express {
  const router = express();
  // Defaults are settings of its own, which would hide the application's.
  const settings: Record<string, unknown> = router.settings;
  for (const name of Object.keys(settings)) delete settings[name];
  router.emit("mount", app);
  return router;
}
