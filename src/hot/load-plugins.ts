import { Host } from "../host/host.ts";
import type { LoadPluginsOptions } from "../host/load-plugins-options.ts";
import type { PluginHost } from "../host/plugin-host.ts";
import { resolveOptions } from "../host/resolve-options.ts";
import { HotReload } from "./hot-reload.ts";

/**
 * Finds the wanted plugins, orders them, and runs every one that can run. What cannot is in the host's report and
 * snapshot, with a code, the reason, and what to do next. The caller closes the host: `await host.close()`, or
 * `await using`.
 *
 * @example
 * ```ts
 * const host = await loadPlugins({ pluginDirectory: "plugins", context: { app, db } });
 * ```
 *
 * @throws PlugoError for the host's own mistakes: `PLUGO_OPTION_INVALID`, `PLUGO_NESTED_VIEW`,
 * `PLUGO_DIRECTORY_UNREADABLE`, `PLUGO_CONFIG_UNREADABLE`, `PLUGO_CONFIG_INVALID`; with `strict`, `PLUGO_STRICT`; when
 * `signal` aborts, `PLUGO_ABORTED`.
 */
export async function loadPlugins<Context extends object = object>(
  options: LoadPluginsOptions<Context> = {},
): Promise<PluginHost> {
  const resolved = resolveOptions(options);
  const { hotReload, directories, configFile } = resolved;
  const host = new Host(resolved);
  const loadedAtMs = Date.now();
  await host.load();
  if (hotReload !== null && (directories.length > 0 || configFile !== undefined)) {
    const follower = new HotReload(host, resolved, hotReload.debounceMs);
    host.followWith(follower);
    follower.start(loadedAtMs);
  }
  return host;
}
