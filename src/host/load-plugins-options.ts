import type { Logger } from "../kernel/logger.ts";
import type { PluginConfig } from "../sources/plugin-list.ts";

/** The options of `loadPlugins`. All are optional; relative paths are relative to the working directory. */
export interface LoadPluginsOptions<Context extends object = object> {
  /** The folder that holds the plugins' folders, or several of them: on the same name, the first one wins. */
  readonly pluginDirectory?: string | URL | readonly (string | URL)[] | undefined;
  /** The JSON file that says which plugins are enabled. Without it every plugin of the directory is. */
  readonly configPath?: string | URL | undefined;
  /** What every plugin's `initPlugin` gets as its first argument. */
  readonly context?: Context | undefined;
  /** Default: one line per fact on standard error, `info` and above. */
  readonly logger?: Logger | undefined;
  /**
   * The application's version, which `core_version` is checked against. Default: the version in the nearest
   * `package.json` above the working directory; when there is none, `core_version` is not checked.
   */
  readonly coreVersion?: string | undefined;
  /**
   * Whether saved files become running code while the application runs. Default: the variable
   * `ENABLE_PLUGIN_HOT_RELOAD`, else `true`. Watching never keeps the process alive.
   */
  readonly hotReload?: boolean | HotReloadOptions | undefined;
  /**
   * Whether each plugin gets the npm dependencies that its `package.json` declares in an environment of its own, and
   * where and how. Default: the variable `PLUGO_USE_VENVS`, else `true`. With `false`, what is missing is installed into
   * the application.
   */
  readonly environments?: boolean | EnvironmentOptions | undefined;
  /** How long loading the files and calling `initPlugin` may each take, in milliseconds. Default 30 000; 0 = no limit. */
  readonly initTimeoutMs?: number | undefined;
  /** How long each undo may take, in milliseconds. Default 10 000; 0 = no limit. */
  readonly disposeTimeoutMs?: number | undefined;
  /** Whether `loadPlugins` rejects when a wanted plugin is not active. Default `false`. */
  readonly strict?: boolean | undefined;
  /**
   * `runner` (the default) evaluates TypeScript and JavaScript plugins and can reload them. `native` leaves them to
   * Node.js' own loader, for hosts that forbid `eval`: a change of files then needs a restart.
   */
  readonly engine?: "runner" | "native" | undefined;
  /** Plugins given in code. Default: the process-wide `PLUGINS`. */
  readonly plugins?: readonly PluginConfig[] | undefined;
  /** Default `process.env`, read when `loadPlugins` is called. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Aborts a load under way: it rejects, and everything is undone. Afterwards it does nothing. */
  readonly signal?: AbortSignal | undefined;
}

/** Where the plugins' environments are, and how they are installed. */
export interface EnvironmentOptions {
  /**
   * The folder that holds them. Default: the variables `PLUGO_VENV_HOME` and `VENV_HOME`, else `./.plugo/venvs`. It has
   * to lie in the application's folder for packages to find what comes from the application (`peerDependencies`).
   */
  readonly home?: string | undefined;
  /** Default `npm`; `pnpm` and `bun` must be there. */
  readonly installer?: "npm" | "pnpm" | "bun" | undefined;
  /** Whether only what a lockfile says is installed, and nothing without one. Default `false`. */
  readonly frozen?: boolean | undefined;
  /** Whether nothing but the installer's own cache is asked. Default `false`. */
  readonly offline?: boolean | undefined;
  /** The packages whose install scripts may run, as `name` or `name@version`. Default: none. */
  readonly allowScripts?: readonly string[] | undefined;
}

/** How hot reload waits. All in milliseconds. */
export interface HotReloadOptions {
  /** How long it must be quiet after a change of files; 1 000 at most in all. Default 50. */
  readonly debounceMs?: number | undefined;
  /** How long an old generation may finish what is in flight; 0 = no limit. Default 10 000. */
  readonly drainTimeoutMs?: number | undefined;
}

/** @internal What plugo's own parts change in resolved options; registered, so that two copies agree. */
export const adjustOptions: unique symbol = Symbol.for("plugo.options");
