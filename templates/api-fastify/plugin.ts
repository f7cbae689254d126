import type { PluginScope } from "@plugo/node";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readAssets } from "./assets.ts";
import { documentationPage } from "./documentation.ts";
import { allowed, isJson, ItemResource, json } from "./item-resource.ts";
import { createItemService, type ItemService } from "./item-service.ts";
import { openApiDocument, type OpenApiDocument } from "./openapi.ts";
import { problem, problemOf, type Answer } from "./problem.ts";
import { createViews } from "./views.ts";

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
  const resource = new ItemResource(items);
  const assets = readAssets(plugin.path);
  const render = createViews(plugin.path);
  const { name, description } = plugin.metadata;
  const info = {
    title: typeof name === "string" ? name : plugin.name,
    version: plugin.version,
    description: typeof description === "string" ? description : "",
  };
  const documentFor = (request: FastifyRequest): OpenApiDocument => openApiDocument(baseOf(request), info);

  // A scope of its own: it has an error handler that hands nothing on to the application.
  void app.register(async (api) => {
    api.setErrorHandler((error, _request, reply) =>
      send(
        reply,
        problemOf(error, (message) => plugin.logger.error(message)),
      ),
    );
    api.setNotFoundHandler(answer(async () => resource.notFound()));

    // Paths are relative to "route_prefix" in metadata.json.
    api.get("/assets/:name", async (request, reply) => {
      const asset = assets.get(paramOf(request, "name"));
      if (asset === undefined) return reply.callNotFound();
      return reply.headers(asset.headers).send(asset.body);
    });
    api.get(
      "/",
      answer(async (request) => documentationPage(documentFor(request), { render, assets })),
    );
    api.get(
      "/openapi.json",
      answer(async (request) => json(200, documentFor(request))),
    );

    api.get(
      "/items",
      answer((request) => resource.list(baseOf(request), request.query)),
    );
    api.post(
      "/items",
      withBody((request) => resource.create(baseOf(request), request.body)),
    );
    api.get(
      "/items/:id",
      answer((request) => resource.read(paramOf(request, "id"))),
    );
    api.put(
      "/items/:id",
      withBody((request) => resource.replace(paramOf(request, "id"), request.body)),
    );
    api.delete(
      "/items/:id",
      answer((request) => resource.remove(paramOf(request, "id"))),
    );
    for (const [url, methods] of [
      ["/items", allowed.items],
      ["/items/:id", allowed.item],
    ] as const) {
      const method = api.supportedMethods.filter((one) => !methods.split(", ").includes(one));
      api.route({ method, url, handler: answer(async () => resource.notAllowed(methods)) });
    }
  });

  return { items };
}

function answer(make: (request: FastifyRequest) => Promise<Answer>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    send(reply, await make(request));
}

/** The same for a request that needs JSON in its body. */
function withBody(make: (request: FastifyRequest) => Promise<Answer>) {
  return answer(async (request) =>
    isJson(request.headers["content-type"]) ? make(request) : problem(415, "Send the body as application/json."),
  );
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** The path that the plugin is mounted at: what is before the path that it sees. */
function baseOf({ originalUrl, url }: FastifyRequest): string {
  const [whole = ""] = originalUrl.split("?", 1);
  const [own = ""] = url.split("?", 1);
  return whole.endsWith(own) ? whole.slice(0, -own.length) : whole;
}

function paramOf(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? "";
}
