export type { ConsolidateOptions, ConsolidationFormat } from "./environments/consolidation/consolidate-options.ts";
export {
  consolidatePluginRequirements,
  type ConsolidatedRequirements,
  type ConsolidationConflictError,
} from "./environments/consolidation/consolidate-plugin-requirements.ts";
export type { ConsolidationStrategy } from "./environments/consolidation/consolidate.ts";
export type { ConflictingRequirement, DependencyConflict } from "./environments/consolidation/requirement.ts";
export { definePlugin, type PluginApi, type PluginDefinition } from "./host/define-plugin.ts";
export type { PluginStepMessage, SwapMessage } from "./host/diagnostics.ts";
export { createReloadCallback, type ReloadCallback, type ReloadCallbackOptions } from "./hot/create-reload-callback.ts";
export { PluginWatcher, type PluginWatcherOptions } from "./hot/plugin-watcher.ts";
export { getRuntime, type HotReloadPlace, type PluginRuntime } from "./hot/plugin-runtime.ts";
export { loadPlugins } from "./hot/load-plugins.ts";
export type { EnvironmentOptions, HotReloadOptions, LoadPluginsOptions } from "./host/load-plugins-options.ts";
export { perPlugin, type PerPlugin, type ScopedContext } from "./host/per-plugin.ts";
export type { HostSnapshot, LoadReport, PluginHost, PluginSnapshot, Trigger } from "./host/plugin-host.ts";
export type { AnyConfig, InitPlugin, PluginScope } from "./host/plugin-scope.ts";
export { createRegistry, type Registry, type RegistryView } from "./host/registry.ts";
export type { Logger } from "./kernel/logger.ts";
export type { Phase } from "./kernel/phase.ts";
export { isPlugoError, type PlugoError, type PlugoErrorCode, type PlugoErrorJson } from "./kernel/plugo-error.ts";
export { PLUGINS, type ImportClassDetails, type PluginConfig } from "./sources/plugin-list.ts";
export type { Source } from "./sources/source.ts";
export { version } from "./version.ts";
