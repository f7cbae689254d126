import type { PluginScope } from "@plugo/node";
import type { PluginRouter } from "@plugo/node/express";
import express, { type Request, type RequestHandler } from "express";
import { readAssets } from "./assets.ts";
import { ItemPages, type Page } from "./item-pages.ts";
import { createItemService, type ItemService } from "./item-service.ts";
import { createViews } from "./views.ts";
import { Visit } from "./visit.ts";

/** What the application hands to its plugins: `context: { app: expressRoutes(app) }`. */
export interface SamplePluginContext {
  readonly app: PluginRouter;
  /** Where items are kept, when the application knows better than the plugin. */
  readonly items?: ItemService;
}

/** What plugins that depend on this one get: `plugin.dependency<SamplePluginApi>("sample_plugin")`. */
export interface SamplePluginApi {
  readonly items: ItemService;
}

/** Runs when the plugin starts, and again for each new generation after a save. */
export function initPlugin(
  { app, items = createItemService() }: SamplePluginContext,
  plugin: PluginScope,
): SamplePluginApi {
  const { name } = plugin.metadata;
  const assets = readAssets(plugin.path);
  const pages = new ItemPages({
    brand: typeof name === "string" ? name : plugin.name,
    items,
    render: createViews(plugin.path),
    assets,
  });

  // Paths are relative to "route_prefix" in metadata.json.
  app.get("/assets/:name", (request, response, next) => {
    const asset = assets.get(request.params.name);
    if (asset === undefined) return next();
    response.set(asset.headers).send(asset.body);
  });

  app.use(express.urlencoded({ extended: false }));
  app.get(
    "/",
    page((visit, request) => pages.index(visit, request.query)),
  );
  app.get(
    "/new",
    page((visit) => pages.blank(visit)),
  );
  app.post(
    "/",
    page((visit, request) => pages.create(visit, fieldsOf(request))),
  );
  app.get(
    "/:id",
    page((visit, request) => pages.show(visit, idOf(request))),
  );
  app.get(
    "/:id/edit",
    page((visit, request) => pages.edit(visit, idOf(request))),
  );
  app.post(
    "/:id",
    page((visit, request) => pages.update(visit, idOf(request), fieldsOf(request))),
  );
  app.post(
    "/:id/delete",
    page((visit, request) => pages.remove(visit, idOf(request))),
  );
  app.use(page(async (visit) => pages.notFound(visit)));

  return { items };

  /** A route whose page `make` makes. A form is only handed on when it is one of this visitor's own. */
  function page(make: (visit: Visit, request: Request) => Promise<Page>): RequestHandler {
    return async (request, response) => {
      const { baseUrl: base, headers, secure: isSecure } = request;
      const visit = new Visit({ base, cookies: headers.cookie, isSecure });
      const isRefused = request.method === "POST" && !visit.accepts(fieldsOf(request));
      const {
        status,
        headers: answered,
        setCookies,
        body,
      } = isRefused ? pages.refused(visit) : await make(visit, request);
      response
        .status(status)
        .set(answered)
        .set("set-cookie", [...setCookies])
        .send(body);
    };
  }
}

function idOf(request: Request): string {
  return String(request.params["id"]);
}

/** Express leaves the body undefined when it is no form. */
function fieldsOf(request: Request): Readonly<Record<string, unknown>> {
  return (request.body as Record<string, unknown> | undefined) ?? {};
}
