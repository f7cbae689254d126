import express from "express";
import { perPlugin, type PerPlugin } from "../host/per-plugin.ts";
import { dispatch, retryAfterSeconds } from "./dispatch.ts";
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
  app.use((request, response, next) => {
    const { baseUrl, url } = request;
    dispatch({
      table,
      url,
      response,
      serve({ prefix, router }, relative, pass) {
        const requests = Object.getPrototypeOf(request);
        const responses = Object.getPrototypeOf(response);
        request.url = relative;
        request.baseUrl = baseUrl + prefix;
        answering.set(request, router);
        // The application has set it when its own setting says so.
        if (router.enabled("x-powered-by") && app.disabled("x-powered-by")) response.setHeader("X-Powered-By", "Express");
        router.router(request, response, (error?: unknown) => {
          request.url = url;
          request.baseUrl = baseUrl;
          answering.delete(request);
          // An application that the plugin mounted has left others.
          if (Object.getPrototypeOf(request) !== requests) Object.setPrototypeOf(request, requests);
          if (Object.getPrototypeOf(response) !== responses) Object.setPrototypeOf(response, responses);
          pass(error);
        });
      },
      unavailable: () => void response.status(503).set("Retry-After", retryAfterSeconds).send("Service Unavailable"),
      next,
    });
  });
  return perPlugin((plugin) => table.mount(plugin, () => createRouter(app)).router);
}

/**
 * Has a request and its response name the plugin's application as their `app` while it answers. Express itself gives them
 * other prototypes for that. After that, like after every new property, V8 on Node.js 20 has no shape for them that it
 * knows, and what handles them is slow.
 */
function nameAnsweringApp(app: express.Express, answering: WeakMap<object, express.Express>): void {
  const { request, response } = app as unknown as Readonly<Record<"request" | "response", object>>;
  nameApp(request, function appOfRequest(this: object) {
    return answering.get(this) ?? app;
  });
  nameApp(response, function appOfResponse(this: object) {
    return answering.get((this as express.Response).req) ?? app;
  });
}

function nameApp(prototype: object, get: (this: object) => express.Express): void {
  Object.defineProperty(prototype, "app", {
    configurable: true,
    enumerable: true,
    get,
    set(this: object, value: unknown) {
      Object.defineProperty(this, "app", { configurable: true, enumerable: true, writable: true, value });
    },
  });
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
