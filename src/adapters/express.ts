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
  app.use((request, response, next) => {
    const { baseUrl, url } = request;
    const { request: requests, response: responses } = request.app as unknown as Prototypes;
    dispatch({
      table,
      url,
      response,
      serve({ prefix, router }, relative, pass) {
        request.url = relative;
        request.baseUrl = baseUrl + prefix;
        router(request, response, (error?: unknown) => {
          request.url = url;
          request.baseUrl = baseUrl;
          Object.setPrototypeOf(request, requests);
          Object.setPrototypeOf(response, responses);
          pass(error);
        });
      },
      unavailable: () => void response.status(503).set("Retry-After", retryAfterSeconds).send("Service Unavailable"),
      next,
    });
  });
  return perPlugin((plugin) => table.mount(plugin, () => createRouter(app)).router);
}

/** What an application gives to the requests and responses that it handles; its types do not name them. */
interface Prototypes {
  readonly request: object;
  readonly response: object;
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
