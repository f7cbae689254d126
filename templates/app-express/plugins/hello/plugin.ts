import type { PluginScope } from "@plugo/node";
import type { AppContext } from "../../app.ts";

/** Answers at /plugins/hello. Save another text here and reload the page. */
export function initPlugin({ app }: AppContext, plugin: PluginScope) {
  app.get("/", (_request, response) => {
    response.type("text").send(`Hello from ${plugin.name}!\n`);
  });
}
