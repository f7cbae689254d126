import type { PluginScope } from "@plugo/node";
import type { PluginRouter } from "@plugo/node/express";
import express, { type NextFunction, type Request, type RequestHandler, type Response } from "express";
import { readAssets } from "./assets.ts";
import { documentationPage } from "./documentation.ts";
import { allowed, isJson, ItemResource, json } from "./item-resource.ts";
import { createItemService, type ItemService } from "./item-service.ts";
import { openApiDocument, type OpenApiDocument } from "./openapi.ts";
import { problem, problemOf, type Answer } from "./problem.ts";
import { createViews } from "./views.ts";

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
  const resource = new ItemResource(items);
  const assets = readAssets(plugin.path);
  const render = createViews(plugin.path);
  const { name, description } = plugin.metadata;
  const info = {
    title: typeof name === "string" ? name : plugin.name,
    version: plugin.version,
    description: typeof description === "string" ? description : "",
  };
  const documentFor = ({ baseUrl }: Request): OpenApiDocument => openApiDocument(baseUrl, info);

  // Paths are relative to "route_prefix" in metadata.json.
  app.get("/assets/:name", (request, response, next) => {
    const asset = assets.get(request.params.name);
    if (asset === undefined) return next();
    response.set(asset.headers).send(asset.body);
  });
  app.get(
    "/",
    answer(async (request) => documentationPage(documentFor(request), { render, assets })),
  );
  app.get(
    "/openapi.json",
    answer(async (request) => json(200, documentFor(request))),
  );

  app.use(express.json({ type: ({ headers }) => isJson(headers["content-type"]) }));
  app
    .route("/items")
    .get(answer((request) => resource.list(request.baseUrl, request.query)))
    .post(withBody((request) => resource.create(request.baseUrl, request.body)))
    .all(answer(async () => resource.notAllowed(allowed.items)));
  app
    .route("/items/:id")
    .get(answer((request) => resource.read(idOf(request))))
    .put(withBody((request) => resource.replace(idOf(request), request.body)))
    .delete(answer((request) => resource.remove(idOf(request))))
    .all(answer(async () => resource.notAllowed(allowed.item)));
  app.use(answer(async () => resource.notFound()));

  // Express knows an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    send(
      response,
      problemOf(error, (message) => plugin.logger.error(message)),
    );
  });

  return { items };
}

function answer(make: (request: Request) => Promise<Answer>): RequestHandler {
  return async (request, response) => send(response, await make(request));
}

/** The same for a request that needs JSON in its body. */
function withBody(make: (request: Request) => Promise<Answer>): RequestHandler {
  return answer(async (request) =>
    isJson(request.headers["content-type"]) ? make(request) : problem(415, "Send the body as application/json."),
  );
}

function send(response: Response, { status, headers, body }: Answer): void {
  response.status(status).set(headers).send(body);
}

function idOf(request: Request): string {
  return String(request.params["id"]);
}
