import type { PluginScope } from "@plugo/node";
import type { AppContext } from "../../app.js";

export function initPlugin({ app }: AppContext, plugin: PluginScope) {
  app.get("/", (_request, response) => {
    response.type("text/plain").send(`Hello from ${plugin.name}!\n`);
  });
}
