import { resolve } from "node:path";
import { Host } from "../host/host.ts";
import type { LoadPluginsOptions } from "../host/load-plugins-options.ts";
import { resolveOptions } from "../host/resolve-options.ts";
import { isWithin } from "../kernel/is-within.ts";

/** The options of `loadPlugins`, and what a reload evaluates anew. */
export interface ReloadCallbackOptions<Context extends object = object> extends Omit<
  LoadPluginsOptions<Context>,
  "hotReload"
> {
  /** `false` calls `initPlugin` again on the modules as they are. Default `true`: files are evaluated anew. */
  readonly clearModules?: boolean | undefined;
  /**
   * The folders whose plugins are evaluated anew. Default: the plugin directory. Files of the application and npm
   * packages never are.
   */
  readonly pluginModulePrefixes?: readonly string[] | undefined;
}

/** Loads the plugins when it is first called, and reloads all of them from then on. Returns the names of those active. */
export interface ReloadCallback extends AsyncDisposable {
  (): Promise<ReadonlySet<string>>;
}

/**
 * Makes a function for applications that drive reloads themselves. It starts no watcher. Every call works on the same
 * host: new generations come before the old ones go, and what fails keeps its old one. The caller disposes it, which
 * ends the plugins; calls after that reject with `PLUGO_CLOSED`.
 *
 * @throws PlugoError `PLUGO_OPTION_INVALID`, `PLUGO_OPTION_UNKNOWN`. What `loadPlugins` throws beside that, a call does.
 */
export function createReloadCallback<Context extends object = object>(
  options: ReloadCallbackOptions<Context> = {},
): ReloadCallback {
  const { clearModules = true, pluginModulePrefixes, ...forHost } = options;
  const resolved = resolveOptions({ ...forHost, hotReload: false });
  const prefixes = pluginModulePrefixes?.map((prefix) => resolve(prefix));
  let host: Host | undefined;
  let calls: Promise<unknown> = Promise.resolve();

  const keepsModules = (name: string): boolean => {
    if (!clearModules) return true;
    const path = host?.view.scan.plugins.get(name)?.path;
    if (prefixes === undefined || path === undefined) return false;
    return !prefixes.some((prefix) => isWithin(path, prefix));
  };
  const call = async (): Promise<ReadonlySet<string>> => {
    if (host === undefined) {
      const loading = new Host(resolved);
      await loading.load();
      host = loading;
    } else {
      await host.reloadKeeping(keepsModules);
    }
    return host.loaded;
  };
  const callback = (): Promise<ReadonlySet<string>> => {
    const result = calls.then(call);
    calls = result.catch(() => {});
    return result;
  };
  return Object.assign(callback, {
    async [Symbol.asyncDispose](): Promise<void> {
      await calls;
      host ??= new Host(resolved);
      await host.close();
    },
  });
}
