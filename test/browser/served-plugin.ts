import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { serve } from "@hono/node-server";
import { expressRoutes } from "@plugo/node/express";
import { fastifyRoutes } from "@plugo/node/fastify";
import { honoRoutes } from "@plugo/node/hono";
import { loadPlugin } from "@plugo/node/testing";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";

/** A plugin of `templates/` in an application of its framework, on a loopback port. */
export interface ServedPlugin extends AsyncDisposable {
  /** Where its pages are. */
  readonly url: string;
}

export const frameworks = ["express", "fastify", "hono"] as const;

const root = path.resolve(import.meta.dirname, "../../..");

/** Serves the template of a kind for a framework. Disposing it fails when the plugin leaves something behind. */
export async function servePlugin(kind: string, framework: (typeof frameworks)[number]): Promise<ServedPlugin> {
  const { app, listen } = applications[framework]();
  const plugin = await loadPlugin(path.join(root, "templates", `${kind}-${framework}`), { context: { app } });
  const server = await listen();
  if (!server.listening) await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sample-plugin`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await plugin.dispose();
    },
  };
}

interface Application {
  /** What the plugin gets as `app`. */
  readonly app: unknown;
  readonly listen: () => Server | Promise<Server>;
}

const place = { host: "127.0.0.1", port: 0 } as const;

const applications: Readonly<Record<(typeof frameworks)[number], () => Application>> = {
  express() {
    const app = express();
    return { app: expressRoutes(app), listen: () => app.listen(place.port, place.host) };
  },
  fastify() {
    const app = Fastify();
    return {
      app: fastifyRoutes(app),
      async listen() {
        await app.listen(place);
        return app.server;
      },
    };
  },
  hono() {
    const app = new Hono();
    return {
      app: honoRoutes(app),
      listen: () => serve({ fetch: app.fetch, port: place.port, hostname: place.host }) as Server,
    };
  },
};
