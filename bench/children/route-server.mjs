// One route twice in one process: registered in an application, and by a plugin through the adapter of its framework in
// another one. Sends both ports, and its processor time in microseconds for each message it gets.
import { once } from "node:events";
import { createServer } from "node:http";
import { chdir } from "node:process";
import { loadPlugins } from "../../dist/index.js";

const [framework, folder] = process.argv.slice(2);
chdir(folder);
const path = "/plugins/bench/hello";
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const load = (app) =>
  loadPlugins({ pluginDirectory: framework, context: { app }, logger, env: {}, plugins: [], hotReload: false });

/** Each makes a server: with `path` registered in the application, or by a plugin, or in a router of the framework. */
const servers = {
  async http(isPlugin) {
    const { httpRoutes } = await import("@plugo/node/http");
    if (!isPlugin) {
      return createServer((request, response) => {
        if (request.url === path) response.end("hello");
        else response.writeHead(404).end();
      });
    }
    const server = createServer((_request, response) => response.writeHead(404).end());
    await load(httpRoutes(server));
    return server;
  },
  async express(isPlugin) {
    const { default: express } = await import("express");
    const { expressRoutes } = await import("@plugo/node/express");
    const app = express();
    if (isPlugin) await load(expressRoutes(app));
    else app.get(path, (_request, response) => void response.send("hello"));
    return createServer(app);
  },
  async "express-router"(isMounted) {
    const { default: express } = await import("express");
    const app = express();
    const router = express.Router();
    router.get("/hello", (_request, response) => void response.send("hello"));
    if (isMounted) app.use("/plugins/bench", router);
    else app.get(path, (_request, response) => void response.send("hello"));
    return createServer(app);
  },
  async fastify(isPlugin) {
    const { default: Fastify } = await import("fastify");
    const { fastifyRoutes } = await import("@plugo/node/fastify");
    const app = Fastify();
    if (isPlugin) await load(fastifyRoutes(app));
    else app.get(path, async () => "hello");
    await app.ready();
    return app.server;
  },
  async hono(isPlugin) {
    const { Hono } = await import("hono");
    const { createAdaptorServer } = await import("@hono/node-server");
    const { honoRoutes } = await import("@plugo/node/hono");
    const app = new Hono();
    if (isPlugin) await load(honoRoutes(app));
    else app.get(path, (context) => context.text("hello"));
    return createAdaptorServer({ fetch: app.fetch });
  },
  async koa(isPlugin) {
    const { default: Koa } = await import("koa");
    const { Router } = await import("@koa/router");
    const { koaRoutes } = await import("@plugo/node/koa");
    const app = new Koa();
    if (isPlugin) await load(koaRoutes(app));
    else {
      const router = new Router();
      router.get(path, (context) => void (context.body = "hello"));
      app.use(router.routes()).use(router.allowedMethods());
    }
    const answer = app.callback();
    return createServer((request, response) => void answer(request, response));
  },
};

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
process.once("disconnect", () => process.exit());
process.send([await listen(false), await listen(true)]);

async function listen(isPlugin) {
  const server = await servers[framework](isPlugin);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}
