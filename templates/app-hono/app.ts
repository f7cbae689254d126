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
  return c.html(page());
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

/** Links to the plugins: each is at the `route_prefix` of its metadata, else at /plugins/<name>. */
function page(): string {
  const active = host.snapshot().plugins.filter(({ phase }) => phase === "active");
  const links = active.map(({ name, metadata }) => {
    const prefix = metadata["route_prefix"];
    const path = typeof prefix === "string" ? prefix : `/plugins/${name}`;
    return `<li><a href="${path}">${name}</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Sample App</title>
  <body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 2rem auto; padding: 0 1rem">
    <h1>Sample App</h1>
    <ul>${links.join("")}</ul>
    <p>Save a file in plugins, and reload this page.</p>
`;
}
