import { loadPlugins, type ScopedContext } from "@plugo/node";
import { fastifyRoutes } from "@plugo/node/fastify";
import fastify from "fastify";

const app = fastify({ forceCloseConnections: "idle" });

// What every plugin's initPlugin gets as its first argument: each its own instance, at /plugins/<name>.
const context = { app: fastifyRoutes(app) };
export type AppContext = ScopedContext<typeof context>;

const host = await loadPlugins({ pluginDirectory: new URL("plugins", import.meta.url), context });

app.get("/", (_request, reply) => {
  const links = [...host.loaded].map((name) => `<li><a href="/plugins/${name}">${name}</a></li>`);
  return reply
    .type("text/html")
    .send(`<!doctype html><title>Sample App</title><h1>Sample App</h1><ul>${links.join("")}</ul>`);
});

const address = await app.listen({ port: Number(process.env["PORT"] ?? 3000), host: "localhost" });
console.log(`Open ${address}/ and edit a file in plugins. Press Ctrl-C to stop.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());

/** Nothing new is accepted; then the plugins end, each after its last response; then the server has closed. */
async function close(): Promise<void> {
  const closed = app.close();
  await host.close();
  await closed;
}
