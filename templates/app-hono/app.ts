import { once } from "node:events";
import { serve } from "@hono/node-server";
import { loadPlugins, type ScopedContext } from "@plugo/node";
import { honoRoutes } from "@plugo/node/hono";
import { Hono } from "hono";

const app = new Hono();

// What every plugin's initPlugin gets as its first argument: each its own Hono, at /plugins/<name>.
const context = { app: honoRoutes(app) };
export type AppContext = ScopedContext<typeof context>;

const host = await loadPlugins({ pluginDirectory: new URL("plugins", import.meta.url), context });

app.get("/", (c) => {
  const links = [...host.loaded].map((name) => `<li><a href="/plugins/${name}">${name}</a></li>`);
  return c.html(`<!doctype html><title>Sample App</title><h1>Sample App</h1><ul>${links.join("")}</ul>`);
});

const server = serve({ fetch: app.fetch, port: Number(process.env["PORT"] ?? 3000) }, ({ port }) => {
  console.log(`Open http://localhost:${port}/ and edit a file in plugins. Press Ctrl-C to stop.`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());

/** Nothing new is accepted; then the plugins end, each after its last response; then the server has closed. */
async function close(): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await host.close();
  await closed;
}
