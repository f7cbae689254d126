import type { PluginScope } from "@plugo/node";
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { baseRoutePath } from "hono/route";
import { readAssets } from "./assets.ts";
import { documentationPage } from "./documentation.ts";
import { allowed, isJson, ItemResource, json } from "./item-resource.ts";
import { createItemService, type ItemService } from "./item-service.ts";
import { openApiDocument, type OpenApiDocument } from "./openapi.ts";
import { problemOf, type Answer } from "./problem.ts";
import { createViews } from "./views.ts";

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
  const resource = new ItemResource(items);
  const assets = readAssets(plugin.path);
  const render = createViews(plugin.path);
  const { name, description } = plugin.metadata;
  const info = {
    title: typeof name === "string" ? name : plugin.name,
    version: plugin.version,
    description: typeof description === "string" ? description : "",
  };
  const documentFor = (context: Context): OpenApiDocument => openApiDocument(baseRoutePath(context), info);

  // Paths are relative to "route_prefix" in metadata.json.
  app.get("/assets/:name", async (context, next) => {
    const asset = assets.get(context.req.param("name"));
    return asset === undefined ? next() : context.body(asset.body, 200, asset.headers);
  });
  app.get(
    "/",
    answer(async (context) => documentationPage(documentFor(context), { render, assets })),
  );
  app.get(
    "/openapi.json",
    answer(async (context) => json(200, documentFor(context))),
  );

  app.use(bodyLimit({ maxSize: 1_048_576 }));
  app.get(
    "/items",
    answer((context) => resource.list(baseRoutePath(context), context.req.query())),
  );
  app.post(
    "/items",
    answer(async (context) => resource.create(baseRoutePath(context), await bodyOf(context))),
  );
  app.all(
    "/items",
    answer(async () => resource.notAllowed(allowed.items)),
  );
  app.get(
    "/items/:id",
    answer((context) => resource.read(idOf(context))),
  );
  app.put(
    "/items/:id",
    answer(async (context) => resource.replace(idOf(context), await bodyOf(context))),
  );
  app.delete(
    "/items/:id",
    answer((context) => resource.remove(idOf(context))),
  );
  app.all(
    "/items/:id",
    answer(async () => resource.notAllowed(allowed.item)),
  );
  app.notFound(answer(async () => resource.notFound()));
  app.onError((error) => responseOf(problemOf(error, (message) => plugin.logger.error(message))));

  return { items };
}

function answer(make: (context: Context) => Promise<Answer>): (context: Context) => Promise<Response> {
  return async (context) => responseOf(await make(context));
}

function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body ?? null, { status, headers });
}

/** @throws HTTPException 415 when the body is not sent as JSON, 400 when it is none. */
async function bodyOf({ req }: Context): Promise<unknown> {
  if (!isJson(req.header("content-type"))) throw new HTTPException(415);
  const text = await req.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HTTPException(400, { cause });
  }
}

function idOf(context: Context): string {
  return context.req.param("id") ?? "";
}
