import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import type { Router as KoaRouter } from "@koa/router";
import type { PerPlugin, ScopedContext } from "@plugo/node";
import { expressRoutes } from "@plugo/node/express";
import { fastifyRoutes } from "@plugo/node/fastify";
import { honoRoutes } from "@plugo/node/hono";
import { httpRoutes, type HttpRoutes } from "@plugo/node/http";
import { koaRoutes } from "@plugo/node/koa";
import express, { type Router } from "express";
import Fastify, { type FastifyInstance } from "fastify";
import { Hono } from "hono";
import Koa from "koa";

test("an adapter has the type of a view of its framework's router", () => {
  const context = {
    http: httpRoutes(createServer()),
    express: expressRoutes(express()),
    fastify: fastifyRoutes(Fastify()),
    hono: honoRoutes(new Hono<{ Variables: { user: string } }>()),
    koa: koaRoutes(new Koa<{ user: string }>()),
  };
  const views: readonly PerPlugin<unknown>[] = Object.values(context);
  assert.equal(views.length, 5);
  interface Expected {
    http: HttpRoutes;
    express: Router;
    fastify: FastifyInstance;
    hono: Hono<{ Variables: { user: string } }>;
    koa: KoaRouter<{ user: string }>;
  }
  // Compiling is the test.
  const use = (scoped: ScopedContext<typeof context>): void => {
    scoped satisfies Expected;
    scoped.hono.get("/", (request) => request.text(request.get("user")));
    scoped.koa.get("/", (request) => void (request.body = request.state.user.toUpperCase()));
    scoped.express.get("/", (_request, response) => void response.send(""));
    scoped.fastify.get("/", async () => "");
  };
  assert.equal(typeof use, "function");
});
