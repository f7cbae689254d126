export { loadPlugin } from "./load-plugin.ts";
export type { LoadPluginOptions } from "./load-plugin-options.ts";
export type { LoadedPlugin } from "./loaded-plugin.ts";
