import type { PluginScope } from "@plugo/node";
import type { PluginRouter } from "@plugo/node/express";
import { Greetings } from "./greetings.ts";

/** What the application hands to its plugins: `context: { app: expressRoutes(app) }`. */
export interface SamplePluginContext {
  readonly app: PluginRouter;
}

/** See `config_schema` in metadata.json. */
export interface SamplePluginConfig {
  readonly greeting: string;
}

/** What plugins that depend on this one get: `plugin.dependency<SamplePluginApi>("sample_plugin")`. */
export interface SamplePluginApi {
  readonly greet: (who: string) => string;
}

/** Runs when the plugin starts, and again for each new generation after a save. */
export function initPlugin({ app }: SamplePluginContext, plugin: PluginScope<SamplePluginConfig>): SamplePluginApi {
  const { logger } = plugin;

  // `use` disposes it when the plugin ends; `defer` does the same for anything else. The last one comes first.
  const greetings = plugin.use(new Greetings(plugin.config.greeting, (count) => logger.info(`greeted ${count} times`)));
  plugin.defer(() => logger.info("good bye"), "the farewell");

  // Paths are relative to "route_prefix" in metadata.json.
  app.get("/", (request, response) => {
    const { who } = request.query;
    response.type("text/plain").send(greetings.greet(typeof who === "string" ? who : "world"));
  });

  return { greet: (who) => greetings.greet(who) };
}
