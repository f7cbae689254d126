import type { AnyConfig, PluginScope } from "./plugin-scope.ts";

/** A plugin as its module's default export. */
export interface PluginDefinition<Context, Config = AnyConfig, Api = unknown> {
  /** What `initPlugin` is elsewhere: starts the plugin, and returns its API. */
  readonly init: (context: Context, plugin: PluginScope<Config>) => Api;
  /** Runs first on disposal, before the undos. May be asynchronous. */
  readonly dispose?: (() => unknown) | undefined;
}

/**
 * Returns the definition as it is, with its types: `export default definePlugin({ init, dispose })`. Annotate the
 * parameters of `init` instead of giving type arguments.
 */
export function definePlugin<Context, Api, Config = AnyConfig>(
  definition: PluginDefinition<Context, Config, Api>,
): PluginDefinition<Context, Config, Api> {
  return definition;
}

/**
 * A plugin's API from its module's type:
 *
 * @example
 * ```ts
 * import type * as auth from "../auth/plugin.ts";
 * const api = plugin.dependency<PluginApi<typeof auth>>("auth");
 * ```
 */
export type PluginApi<Module> = Module extends { readonly initPlugin: (...args: never[]) => infer Api }
  ? Awaited<Api>
  : Module extends { readonly default: { readonly init: (...args: never[]) => infer Api } }
    ? Awaited<Api>
    : Module extends { readonly default: { readonly initPlugin: (...args: never[]) => infer Api } }
      ? Awaited<Api>
      : Module extends { readonly default: (...args: never[]) => infer Api }
        ? Awaited<Api>
        : Module extends { readonly default: new (...args: never[]) => infer Instance }
          ? Instance extends { readonly initPlugin: (...args: never[]) => infer Api }
            ? Awaited<Api>
            : Instance
          : unknown;
