import type { PluginScope } from "@plugo/node";
import type { Context, Handler, Hono } from "hono";
import { baseRoutePath } from "hono/route";
import { readAssets } from "./assets.ts";
import { ItemPages, type Page } from "./item-pages.ts";
import { createItemService, type ItemService } from "./item-service.ts";
import { createViews } from "./views.ts";
import { Visit } from "./visit.ts";

/** What the application hands to its plugins: `context: { app: honoRoutes(app) }`. */
export interface SamplePluginContext {
  readonly app: Hono;
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
  app.get("/assets/:name", async (context, next) => {
    const asset = assets.get(context.req.param("name"));
    return asset === undefined ? next() : context.body(asset.body, 200, asset.headers);
  });
  app.get(
    "/",
    page((visit, context) => pages.index(visit, context.req.query())),
  );
  app.get(
    "/new",
    page((visit) => pages.blank(visit)),
  );
  app.post(
    "/",
    page((visit, _context, fields) => pages.create(visit, fields)),
  );
  app.get(
    "/:id",
    page((visit, context) => pages.show(visit, idOf(context))),
  );
  app.get(
    "/:id/edit",
    page((visit, context) => pages.edit(visit, idOf(context))),
  );
  app.post(
    "/:id",
    page((visit, context, fields) => pages.update(visit, idOf(context), fields)),
  );
  app.post(
    "/:id/delete",
    page((visit, context) => pages.remove(visit, idOf(context))),
  );
  app.all(
    "*",
    page(async (visit) => pages.notFound(visit)),
  );

  return { items };

  /** A route whose page `make` makes. A form is only handed on when it is one of this visitor's own. */
  function page(make: (visit: Visit, context: Context, fields: Fields) => Promise<Page>): Handler {
    return async (context) => {
      const { req } = context;
      const isSecure = new URL(req.url).protocol === "https:";
      const visit = new Visit({ base: baseRoutePath(context), cookies: req.header("cookie"), isSecure });
      const fields = req.method === "POST" ? await req.parseBody() : {};
      const isRefused = req.method === "POST" && !visit.accepts(fields);
      const { status, headers, setCookies, body } = isRefused
        ? pages.refused(visit)
        : await make(visit, context, fields);
      const answered = new Headers(headers);
      for (const cookie of setCookies) answered.append("set-cookie", cookie);
      return new Response(body, { status, headers: answered });
    };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function idOf(context: Context): string {
  return context.req.param("id") ?? "";
}
