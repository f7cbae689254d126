import { Host } from "./host.ts";
import type { LoadPluginsOptions } from "./load-plugins-options.ts";
import type { PluginHost } from "./plugin-host.ts";
import { resolveOptions } from "./resolve-options.ts";

/**
 * Finds the wanted plugins, orders them, and runs every one that can run. What cannot is in the host's report and
 * snapshot, with a code, the reason, and what to do next. The caller closes the host: `await host.close()`, or
 * `await using`.
 *
 * @example
 * const host = await loadPlugins({ pluginDirectory: "plugins", context: { app, db } });
 *
 * @throws PlugoError for the host's own mistakes: `PLUGO_OPTION_INVALID`, `PLUGO_NESTED_VIEW`,
 * `PLUGO_DIRECTORY_UNREADABLE`, `PLUGO_CONFIG_UNREADABLE`, `PLUGO_CONFIG_INVALID`; with `strict`, `PLUGO_STRICT`; when
 * `signal` aborts, `PLUGO_ABORTED`.
 */
export async function loadPlugins<Context extends object = object>(
  options: LoadPluginsOptions<Context> = {},
): Promise<PluginHost> {
  const host = new Host(resolveOptions(options));
  await host.load();
  return host;
}
