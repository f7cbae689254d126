import type { PluginApi, PluginScope } from "@plugo/node";
import type { AppContext } from "../../app.js";
import type * as testEnvironment from "../test_env_plugin/plugin.ts";

export function initPlugin({ app }: AppContext, plugin: PluginScope) {
  const environment = plugin.dependency<PluginApi<typeof testEnvironment>>("test_env_plugin");

  app.get("/", (_request, response) => {
    response.type("text/plain").send(`Hello from ${plugin.name}!\nThis is ${environment.describe()}.\n`);
  });
}
