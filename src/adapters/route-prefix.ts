import type { PluginScope } from "../host/plugin-scope.ts";
import { plugoError } from "../kernel/plugo-error.ts";

/** What all adapters can be told about where plugins are mounted. */
export interface PrefixOptions {
  /**
   * Where a plugin's routes are mounted: a path such as `/api/sample`, without a slash at its end and without
   * parameters. By default the `route_prefix` of its metadata, else `/plugins/<name>`.
   */
  readonly prefix?: ((plugin: PluginScope) => string) | undefined;
}

/** Where a plugin's routes are mounted, and who says so. */
export interface RoutePrefix {
  readonly path: string;
  /** Where people change it, to be read in a sentence. */
  readonly where: string;
}

/** @throws PlugoError `PLUGO_ROUTE_PREFIX_INVALID`. */
export function routePrefixOf(plugin: PluginScope, options: PrefixOptions): RoutePrefix {
  const { name } = plugin;
  const { path, where } = choose(plugin, options);
  if (typeof path === "string" && valid.test(path)) return { path, where };
  const prefix = typeof path === "string" ? JSON.stringify(path) : `a value of type ${typeof path}`;
  throw plugoError("PLUGO_ROUTE_PREFIX_INVALID", { name, prefix, where }, { plugin: name });
}

function choose(plugin: PluginScope, { prefix }: PrefixOptions): { readonly path: unknown; readonly where: string } {
  if (prefix !== undefined) return { path: prefix(plugin), where: `what "options.prefix" gives for it` };
  const own = plugin.metadata["route_prefix"];
  if (own !== undefined) return { path: own, where: `"route_prefix" in its metadata.json` };
  return { path: `/plugins/${plugin.name}`, where: `the default, which "route_prefix" in its metadata.json replaces` };
}

/** No character that a client may write in two ways, so that a path is compared as it is. */
const valid = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;
