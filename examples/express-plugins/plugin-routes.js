import { perPlugin } from "@plugo/node";
import express from "express";

/**
 * Gives every plugin an Express router of its own at `/plugins/<name>`. Its routes come and leave with the plugin: a
 * request gets the router of the generation that is in service when it arrives, and keeps that generation from being
 * disposed until the response has ended. Paths that the plugin does not answer go on to the application's own routes,
 * so call this before them.
 *
 * @param {import("express").Express} app
 */
export function pluginRoutes(app) {
  /** @type {Set<{ plugin: import("@plugo/node").PluginScope, router: import("express").Router }>} */
  const generations = new Set();

  app.use("/plugins/:name", (request, response, next) => {
    const { name } = request.params;
    const current = [...generations].find(({ plugin }) => plugin.name === name && plugin.live);
    if (current === undefined) return next();
    const held = current.plugin.hold();
    response.once("close", () => held[Symbol.dispose]());
    current.router(request, response, next);
  });

  return perPlugin((plugin) => {
    const generation = { plugin, router: express.Router() };
    generations.add(generation);
    plugin.defer(() => generations.delete(generation), "its routes");
    return generation.router;
  });
}
