import type { PluginScope } from "@plugo/node";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readAssets } from "./assets.ts";
import { ItemPages, type Page } from "./item-pages.ts";
import { createItemService, type ItemService } from "./item-service.ts";
import { createViews } from "./views.ts";
import { Visit } from "./visit.ts";

/** What the application hands to its plugins: `context: { app: fastifyRoutes(app) }`. */
export interface SamplePluginContext {
  readonly app: FastifyInstance;
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

  // Forms are all that the plugin reads.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );

  // Paths are relative to "route_prefix" in metadata.json.
  app.get("/assets/:name", async (request, reply) => {
    const asset = assets.get(paramOf(request, "name"));
    if (asset === undefined) return reply.callNotFound();
    return reply.headers(asset.headers).send(asset.body);
  });
  app.get(
    "/",
    page((visit, request) => pages.index(visit, request.query as Fields)),
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
    page((visit, request) => pages.show(visit, paramOf(request, "id"))),
  );
  app.get(
    "/:id/edit",
    page((visit, request) => pages.edit(visit, paramOf(request, "id"))),
  );
  app.post(
    "/:id",
    page((visit, request) => pages.update(visit, paramOf(request, "id"), fieldsOf(request))),
  );
  app.post(
    "/:id/delete",
    page((visit, request) => pages.remove(visit, paramOf(request, "id"))),
  );
  app.setNotFoundHandler(page(async (visit) => pages.notFound(visit)));

  return { items };

  /** A route whose page `make` makes. A form is only handed on when it is one of this visitor's own. */
  function page(make: (visit: Visit, request: FastifyRequest) => Promise<Page>) {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const isSecure = request.protocol === "https";
      const visit = new Visit({ base: baseOf(request), cookies: request.headers.cookie, isSecure });
      const isRefused = request.method === "POST" && !visit.accepts(fieldsOf(request));
      const { status, headers, setCookies, body } = isRefused ? pages.refused(visit) : await make(visit, request);
      return reply.code(status).headers(headers).header("set-cookie", setCookies).send(body);
    };
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** The path that the plugin is mounted at: what is before the path that it sees. */
function baseOf({ originalUrl, url }: FastifyRequest): string {
  const [whole = ""] = originalUrl.split("?", 1);
  const [own = ""] = url.split("?", 1);
  return whole.endsWith(own) ? whole.slice(0, -own.length) : whole;
}

function paramOf(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? "";
}

/** Fastify leaves the body undefined when there is none. */
function fieldsOf(request: FastifyRequest): Fields {
  return (request.body as Fields | null | undefined) ?? {};
}
