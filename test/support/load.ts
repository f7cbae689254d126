import { loadPlugins, type Logger, type LoadPluginsOptions, type PluginHost } from "@plugo/node";
import type { TestFolder } from "./plugin-folder.ts";

/** A logger that keeps its lines. */
export interface KeptLines extends Logger {
  readonly lines: string[];
}

export function keepLines(): KeptLines {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level} ${message}`);
  return { lines, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}

/** Loads the plugins of a test folder, without the process's own environment and lists, and without hot reload. */
export function loadFrom(folder: TestFolder, options: LoadPluginsOptions = {}): Promise<PluginHost> {
  const own = { pluginDirectory: folder.path, logger: keepLines(), env: {}, plugins: [], hotReload: false } as const;
  return loadPlugins({ ...own, ...options });
}

/** Each plugin's phase, by name. */
export function phases(host: PluginHost): Record<string, string> {
  return Object.fromEntries(host.snapshot().plugins.map(({ name, phase }) => [name, phase]));
}

/** Each problem as `plugin: code`. */
export function codes(host: PluginHost): string[] {
  return host.report.problems.map(({ plugin, code }) => `${plugin ?? "host"}: ${code}`);
}
