import { once } from "node:events";
import { createServer } from "node:http";
import { loadPlugins, type ScopedContext } from "@plugo/node";
import { expressRoutes } from "@plugo/node/express";
import express from "express";

const app = express();

// What every plugin's initPlugin gets as its first argument: each its own router, at /plugins/<name>.
const context = { app: expressRoutes(app) };
export type AppContext = ScopedContext<typeof context>;

const host = await loadPlugins({ pluginDirectory: new URL("plugins", import.meta.url), context });

app.get("/", (_request, response) => {
  const links = [...host.loaded].map((name) => `<li><a href="/plugins/${name}">${name}</a></li>`);
  response.send(`<!doctype html><title>Sample App</title><h1>Sample App</h1><ul>${links.join("")}</ul>`);
});

const server = createServer(app);
server.listen(Number(process.env["PORT"] ?? 3000));
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;
console.log(`Open http://localhost:${port}/ and edit a file in plugins. Press Ctrl-C to stop.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());

/** Nothing new is accepted; then the plugins end, each after its last response; then the server has closed. */
async function close(): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await host.close();
  await closed;
}
