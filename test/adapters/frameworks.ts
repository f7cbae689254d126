import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Router } from "@koa/router";
import type { PluginScope } from "@plugo/node";
import { expressRoutes } from "@plugo/node/express";
import { fastifyRoutes, hostRequest as fastifyHostRequest } from "@plugo/node/fastify";
import { honoRoutes, hostRequest as honoHostRequest } from "@plugo/node/hono";
import { httpRoutes } from "@plugo/node/http";
import { koaRoutes } from "@plugo/node/koa";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";

/** What is asked of every adapter: options that all of them have. */
export interface StartOptions {
  readonly prefix?: (plugin: PluginScope) => string;
}

/**
 * An application on a loopback port. Its own part is the same in every framework: what runs before the plugins sets the
 * header `x-host` and the user "ada"; `/own` answers "own", `/plugins/a/own` answers "own below a"; errors are answered
 * with 500 and `host: <message>`; anything else with 404 and "host 404".
 */
export interface RunningApplication extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  /** For the context of plugins, as `app`. */
  readonly app: unknown;
  /** Another view of the same application. */
  readonly again: () => unknown;
  /** What plugin code needs of the framework. */
  readonly tools: object;
}

export interface Framework {
  readonly name: string;
  readonly start: (options?: StartOptions) => Promise<RunningApplication>;
  /** The statements of an `initPlugin` with the routes of the contract; `label` is an expression. */
  readonly routes: (label: string) => string;
  /** A single route that answers text. */
  readonly text: (path: string, expression: string) => string;
  /** What an unanswered path below a plugin's prefix gets: the application's answer, or the plugin's own. */
  readonly unanswered: "host" | "plugin";
  /** What OPTIONS and a wrong method get, as each framework has it. */
  readonly options: { readonly status: number; readonly allow: string | null };
  readonly wrongMethod: number;
  /** Whether it resolves `..` and decodes `%61` before anything sees the path. */
  readonly normalizes: boolean;
  /** Whether "/plugins/a/" is the same as "/plugins/a". */
  readonly trailingSlash: boolean;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function closer(server: Server): () => Promise<void> {
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

const sse = `{ "content-type": "text/event-stream" }`;

/** Routes on a raw request and response, which several frameworks share. */
const streaming = `
  const stream = (response: any) => { response.writeHead(200, ${sse}); response.write("data: " + LABEL + "\\n\\n"); };
  const count = async (request: any) => { let bytes = 0; for await (const chunk of request) bytes += chunk.length; return bytes; };`;

const http: Framework = {
  name: "http",
  async start(options = {}) {
    const server = createServer();
    const app = httpRoutes(server, options);
    server.on("request", (request, response) => {
      if (request.url === "/own") response.end("own");
      else if (request.url === "/plugins/a/own") response.end("own below a");
      else response.writeHead(404).end("host 404");
    });
    const before = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
    server.emit = ((event: string, ...args: any[]) => {
      if (event === "request") {
        args[0].user = "ada";
        args[1].setHeader("x-host", "yes");
      }
      return before(event, ...args);
    }) as typeof server.emit;
    const rejected = Symbol.for("nodejs.rejection");
    (server as any)[rejected] = (error: Error, _event: string, _request: unknown, response: any) =>
      void response.writeHead(500).end(`host: ${error.message}`);
    return {
      url: await listen(server),
      server,
      app,
      again: () => httpRoutes(server, options),
      tools: {},
      [Symbol.asyncDispose]: closer(server),
    };
  },
  text: (path, expression) =>
    `app.handle((request: any, response: any, next: any) => request.url.split("?")[0] === "${path}" ? response.end(${expression}) : next());`,
  routes: (label) => `${streaming.replace("LABEL", label)}
    app.handle((request: any, response: any, next: any) => { response.setHeader("x-plugin", ${label}); next(); });
    app.handle(async (request: any, response: any, next: any) => {
      const url = new URL(request.url, "http://a");
      const json = (value: unknown) => void response.setHeader("content-type", "application/json").end(JSON.stringify(value));
      const is = (method: string, path: string) => url.pathname === path && (request.method === method || (method === "GET" && request.method === "HEAD"));
      if (url.pathname === "/hello" && request.method === "OPTIONS") return void response.writeHead(204, { allow: "GET, HEAD" }).end();
      if (is("GET", "/hello")) return void response.end("hello " + ${label});
      if (url.pathname === "/hello") return void response.writeHead(405).end();
      const item = /^\\/items\\/([^/]+)$/.exec(url.pathname);
      if (item) return json({ id: decodeURIComponent(item[1]!), q: url.searchParams.get("q"), user: request.user });
      if (is("POST", "/json")) { const chunks: any[] = []; for await (const chunk of request) chunks.push(chunk); return json({ got: JSON.parse(Buffer.concat(chunks).toString()) }); }
      if (is("POST", "/upload")) return json({ bytes: await count(request) });
      if (is("GET", "/download")) return void tools.download().pipe(response);
      if (is("GET", "/rejects")) { await undefined; throw new Error("rejected"); }
      if (is("GET", "/handled")) { try { throw new Error("own"); } catch (error: any) { response.statusCode = 418; return void response.end("plugin: " + error.message); } }
      if (is("GET", "/slow")) { tools.entered(); await tools.gate; return void response.end("slow " + ${label}); }
      if (is("GET", "/events")) return stream(response);
      if (is("GET", "/later-events")) { tools.entered(); await tools.gate; return stream(response); }
      next();
    });
    app.handle((request: any, response: any, next: any) => { if (request.url === "/throws") throw new Error("thrown"); next(); });`,
  unanswered: "host",
  options: { status: 204, allow: "GET, HEAD" },
  wrongMethod: 405,
  normalizes: false,
  trailingSlash: true,
};

const expressFramework: Framework = {
  name: "express",
  async start(options = {}) {
    const app = express();
    app.disable("x-powered-by");
    app.use((request, response, next) => {
      (request as any).user = "ada";
      response.setHeader("x-host", "yes");
      next();
    });
    const view = expressRoutes(app, options);
    const second = expressRoutes(app, options);
    app.use((request, response, next) => {
      const isOwn = request.app === app && response.app === app;
      next(isOwn ? undefined : new Error("the request still has a plugin's prototype"));
    });
    app.get("/own", (_request, response) => void response.send("own"));
    app.get("/plugins/a/own", (request, response) => void response.send(`own below ${request.url.split("/")[2]}`));
    app.use((_request, response) => void response.status(404).send("host 404"));
    app.use((error: Error, _request: any, response: any, _next: any) =>
      response.status(500).send(`host: ${error.message}`),
    );
    const server = createServer(app);
    return {
      url: await listen(server),
      server,
      app: view,
      again: () => second,
      tools: { express },
      [Symbol.asyncDispose]: closer(server),
    };
  },
  text: (path, expression) =>
    `app.get("${path}", (_request: any, response: any) => void response.send(${expression}));`,
  routes: (label) => `${streaming.replace("LABEL", label)}
    app.use((_request: any, response: any, next: any) => { response.setHeader("x-plugin", ${label}); next(); });
    app.get("/hello", (_request: any, response: any) => void response.send("hello " + ${label}));
    app.get("/items/:id", (request: any, response: any) => void response.json({ id: request.params.id, q: request.query.q, user: request.user }));
    app.post("/json", tools.express.json(), (request: any, response: any) => void response.json({ got: request.body }));
    app.post("/upload", async (request: any, response: any) => void response.json({ bytes: await count(request) }));
    app.get("/download", (_request: any, response: any) => void tools.download().pipe(response));
    app.get("/throws", () => { throw new Error("thrown"); });
    app.get("/rejects", async () => { await undefined; throw new Error("rejected"); });
    app.get("/handled", () => { throw Object.assign(new Error("own"), { mine: true }); });
    app.get("/slow", async (_request: any, response: any) => { tools.entered(); await tools.gate; response.send("slow " + ${label}); });
    app.get("/events", (_request: any, response: any) => stream(response));
    app.get("/later-events", async (_request: any, response: any) => { tools.entered(); await tools.gate; stream(response); });
    app.use((error: any, _request: any, response: any, next: any) => error.mine ? response.status(418).send("plugin: " + error.message) : next(error));`,
  unanswered: "host",
  options: { status: 200, allow: "GET, HEAD" },
  wrongMethod: 404,
  normalizes: false,
  trailingSlash: true,
};

const fastify: Framework = {
  name: "fastify",
  async start(options = {}) {
    const app = Fastify();
    app.decorateRequest("user", "");
    app.addHook("onRequest", async (request, reply) => {
      (request as any).user = "ada";
      reply.raw.setHeader("x-host", "yes");
    });
    const view = fastifyRoutes(app, options);
    const second = fastifyRoutes(app, options);
    app.get("/own", async () => "own");
    app.get("/plugins/a/own", async () => "own below a");
    app.setNotFoundHandler((_request, reply) => void reply.code(404).send("host 404"));
    app.setErrorHandler((error: Error, _request, reply) => void reply.code(500).send(`host: ${error.message}`));
    await app.listen({ host: "127.0.0.1", port: 0 });
    return {
      url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
      server: app.server,
      app: view,
      again: () => second,
      tools: { hostRequest: fastifyHostRequest },
      async [Symbol.asyncDispose]() {
        app.server.closeAllConnections();
        await app.close();
      },
    };
  },
  text: (path, expression) => `app.get("${path}", async () => ${expression});`,
  routes: (label) => `${streaming.replace("LABEL", label)}
    app.addHook("onRequest", async (_request: any, reply: any) => void reply.header("x-plugin", ${label}));
    app.addContentTypeParser("application/octet-stream", (_request: any, payload: any, done: any) => done(null, payload));
    app.get("/hello", async () => "hello " + ${label});
    app.options("/hello", async (_request: any, reply: any) => reply.code(204).header("allow", "GET, HEAD").send());
    app.get("/items/:id", async (request: any) => ({ id: request.params.id, q: request.query.q, user: tools.hostRequest(request).user }));
    app.post("/json", async (request: any) => ({ got: request.body }));
    app.post("/upload", async (request: any) => ({ bytes: await count(request.body) }));
    app.get("/download", (_request: any, reply: any) => void reply.send(tools.download()));
    app.get("/throws", () => { throw new Error("thrown"); });
    app.get("/rejects", async () => { await undefined; throw new Error("rejected"); });
    app.get("/handled", { errorHandler: (error: any, _request: any, reply: any) => void reply.code(418).send("plugin: " + error.message) } as any, async () => { throw new Error("own"); });
    app.get("/slow", async () => { tools.entered(); await tools.gate; return "slow " + ${label}; });
    app.get("/events", (_request: any, reply: any) => { reply.hijack(); stream(reply.raw); });
    app.get("/later-events", async (_request: any, reply: any) => { tools.entered(); await tools.gate; reply.hijack(); stream(reply.raw); });`,
  unanswered: "plugin",
  options: { status: 204, allow: "GET, HEAD" },
  wrongMethod: 404,
  normalizes: false,
  trailingSlash: true,
};

const hono: Framework = {
  name: "hono",
  async start(options = {}) {
    const app = new Hono<{ Variables: { user: string } }>();
    app.use(async (context, next) => {
      context.set("user", "ada");
      await next();
      context.header("x-host", "yes");
    });
    const view = honoRoutes(app, options);
    const second = honoRoutes(app, options);
    app.get("/own", (context) => context.text("own"));
    app.get("/plugins/a/own", (context) => context.text("own below a"));
    app.notFound((context) => context.text("host 404", 404));
    app.onError((error, context) => context.text(`host: ${error.message}`, 500));
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
    await once(server, "listening");
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      server,
      app: view,
      again: () => second,
      tools: { hostRequest: honoHostRequest },
      [Symbol.asyncDispose]: closer(server),
    };
  },
  text: (path, expression) => `app.get("${path}", (context: any) => context.text(${expression}));`,
  routes: (label) => `
    const stream = () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("data: " + ${label} + "\\n\\n")) }), { headers: ${sse} });
    app.use(async (context: any, next: any) => { await next(); context.header("x-plugin", ${label}); });
    app.get("/hello", (context: any) => context.text("hello " + ${label}));
    app.options("/hello", (context: any) => context.body(null, 204, { allow: "GET, HEAD" }));
    app.get("/items/:id", (context: any) => context.json({ id: context.req.param("id"), q: context.req.query("q"), user: tools.hostRequest(context).get("user") }));
    app.post("/json", async (context: any) => context.json({ got: await context.req.json() }));
    app.post("/upload", async (context: any) => { let bytes = 0; for await (const chunk of context.req.raw.body) bytes += chunk.length; return context.json({ bytes }); });
    app.get("/download", () => new Response(tools.webDownload()));
    app.get("/throws", () => { throw new Error("thrown"); });
    app.get("/rejects", async () => { await undefined; throw new Error("rejected"); });
    app.get("/handled", async (context: any) => { try { throw new Error("own"); } catch (error: any) { return context.text("plugin: " + error.message, 418); } });
    app.get("/slow", async (context: any) => { tools.entered(); await tools.gate; return context.text("slow " + ${label}); });
    app.get("/events", stream);
    app.get("/later-events", async () => { tools.entered(); await tools.gate; return stream(); });`,
  unanswered: "plugin",
  options: { status: 204, allow: "GET, HEAD" },
  wrongMethod: 404,
  normalizes: true,
  trailingSlash: false,
};

const koa: Framework = {
  name: "koa",
  async start(options = {}) {
    const app = new Koa();
    app.silent = true;
    app.use(async (context, next) => {
      context.state.user = "ada";
      context.set("x-host", "yes");
      try {
        await next();
      } catch (error: any) {
        context.status = 500;
        context.body = `host: ${error.message}`;
      }
    });
    const view = koaRoutes(app, options);
    const second = koaRoutes(app, options);
    const own = new Router();
    own.get("/own", (context) => void (context.body = "own"));
    own.get("/plugins/a/own", (context) => void (context.body = "own below a"));
    app.use(own.routes());
    app.use((context) => {
      context.status = 404;
      context.body = "host 404";
    });
    const server = createServer(app.callback() as any);
    return {
      url: await listen(server),
      server,
      app: view,
      again: () => second,
      tools: {},
      [Symbol.asyncDispose]: closer(server),
    };
  },
  text: (path, expression) => `app.get("${path}", (context: any) => void (context.body = ${expression}));`,
  routes: (label) => `${streaming.replace("LABEL", label)}
    app.use(async (context: any, next: any) => { context.set("x-plugin", ${label}); try { await next(); } catch (error: any) { if (!error.mine) throw error; context.status = 418; context.body = "plugin: " + error.message; } });
    app.get("/hello", (context: any) => void (context.body = "hello " + ${label}));
    app.get("/items/:id", (context: any) => void (context.body = { id: context.params.id, q: context.query.q, user: context.state.user }));
    app.post("/json", async (context: any) => { const chunks: any[] = []; for await (const chunk of context.req) chunks.push(chunk); context.body = { got: JSON.parse(Buffer.concat(chunks).toString()) }; });
    app.post("/upload", async (context: any) => { context.body = { bytes: await count(context.req) }; });
    app.get("/download", (context: any) => void (context.body = tools.download()));
    app.get("/throws", () => { throw new Error("thrown"); });
    app.get("/rejects", async () => { await undefined; throw new Error("rejected"); });
    app.get("/handled", () => { throw Object.assign(new Error("own"), { mine: true }); });
    app.get("/slow", async (context: any) => { tools.entered(); await tools.gate; context.body = "slow " + ${label}; });
    app.get("/events", (context: any) => { context.respond = false; stream(context.res); });
    app.get("/later-events", async (context: any) => { tools.entered(); await tools.gate; context.respond = false; stream(context.res); });`,
  unanswered: "host",
  options: { status: 200, allow: "HEAD, GET" },
  wrongMethod: 405,
  normalizes: false,
  trailingSlash: true,
};

export const frameworks: readonly Framework[] = [http, expressFramework, fastify, hono, koa];
