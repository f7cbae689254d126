export { loadPlugin, type LoadedPlugin, type LoadPluginOptions } from "./load-plugin.ts";
