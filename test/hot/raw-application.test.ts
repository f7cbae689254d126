import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { expressRoutes } from "@plugo/node/express";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { keepLines, loadFrom } from "../support/load.ts";
import { createFolder, plugin } from "../support/plugin-folder.ts";

const warnings = async (app: unknown, hotReload = true): Promise<readonly string[]> => {
  using folder = createFolder(plugin("a", "export function initPlugin() {}"));
  const logger = keepLines();
  await using _host = await loadFrom(folder, { context: { app }, logger, hotReload });
  return logger.lines.filter((line) => line.startsWith("warn"));
};

describe("a raw application in the context", () => {
  for (const [name, create] of Object.entries({
    express: () => express(),
    fastify: () => fastify(),
    hono: () => new Hono(),
    koa: () => new Koa(),
  })) {
    test(`of ${name} is warned of once, with the adapter to wrap it in`, async () => {
      const text = `context.app is a raw ${name} application: routes that plugins add to it stay when they change. `;
      assert.deepEqual(await warnings(create()), [`warn ${text}Wrap it with ${name}Routes of @plugo/node/${name}`]);
    });
  }

  test("is nothing to warn of when it is wrapped, when nothing changes while it runs, or when it is none", async () => {
    assert.deepEqual(await warnings(expressRoutes(express())), []);
    assert.deepEqual(await warnings(express(), false), []);
    const angry = {
      get handle() {
        throw new Error("no");
      },
    };
    for (const value of [
      express.Router(),
      new Map(),
      () => {},
      null,
      angry,
      new Proxy(
        {},
        {
          get() {
            throw new Error("no");
          },
        },
      ),
    ]) {
      assert.deepEqual(await warnings(value), []);
    }
  });
});
