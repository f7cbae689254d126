import type { Phase } from "../kernel/phase.ts";
import type { PlugoError, PlugoErrorJson } from "../kernel/plugo-error.ts";
import type { Source } from "../sources/source.ts";

/** What caused a change. */
export type Trigger = "load" | "file" | "config" | "runtime" | "close";

/** What a change did. */
export interface LoadReport {
  readonly trigger: Trigger;
  /**
   * What caused it: the plugins that the change was asked for (empty for all of them), or the files that changed, as
   * paths relative to the working directory.
   */
  readonly changed: readonly string[];
  /** The plugins that got a new generation, in activation order. */
  readonly loaded: readonly string[];
  /** What is newly wrong, one for each fault. */
  readonly problems: readonly PlugoError[];
  readonly durationMs: number;
}

/** How one plugin stands. */
export interface PluginSnapshot {
  readonly name: string;
  readonly version: string;
  readonly phase: Phase;
  /** Where the wish for it, or against it, comes from. */
  readonly source: Source;
  /** Why it is wanted, or not. */
  readonly reason: string;
  /** Its folder or module; `null` when nothing provides it. */
  readonly path: string | null;
  /** The content of its `metadata.json`, frozen: as the generation in service has it, else as it is now. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly dependents: readonly string[];
  /** The generation in service; 0 when there is none. */
  readonly generation: number;
  /** What is wrong with it; an `active` plugin has one when its latest change could not be put in service. */
  readonly problem: Pick<PlugoErrorJson, "code" | "message" | "remedy"> | null;
  /** How long the steps of the generation in service took, in milliseconds. */
  readonly timings: { readonly provisionMs: number; readonly loadMs: number; readonly activateMs: number };
}

/** All plugins at one moment: frozen and JSON-safe. */
export interface HostSnapshot {
  /** Grows with every swap. */
  readonly revision: number;
  /** In plan order. */
  readonly plugins: readonly PluginSnapshot[];
}

/** What `loadPlugins` returns: the plugins that run, and the ways to change that. */
export interface PluginHost extends AsyncDisposable {
  /** The names of the active plugins, in activation order. */
  readonly loaded: ReadonlySet<string>;
  /** What the latest change did. */
  readonly report: LoadReport;
  readonly snapshot: () => HostSnapshot;
  /**
   * The API of an active plugin: the very value that its `initPlugin` returned. A reload makes a new one, so call it at
   * each use.
   *
   * @throws PlugoError `PLUGO_NOT_ACTIVE`.
   */
  readonly get: <Api = unknown>(name: string) => Api;
  /**
   * Reads the named plugins (without names: all of them) from disk again, and puts a new generation of them and of what
   * depends on them in service. Resolves after the swap, when idle old generations are disposed; busy ones end in the
   * background. A plugin that fails keeps its old generation, and is in the report.
   *
   * @throws PlugoError `PLUGO_UNKNOWN_PLUGIN`, `PLUGO_CLOSED`.
   */
  readonly reload: (...names: readonly string[]) => Promise<LoadReport>;
  /**
   * Wants a plugin, whatever the config says, until the host closes; with `persist` the wish is written to the config
   * file instead. Resolves with a report even when the plugin cannot run.
   *
   * @throws PlugoError `PLUGO_UNKNOWN_PLUGIN`, `PLUGO_CLOSED`, `PLUGO_CONFIG_ABSENT`, `PLUGO_CONFIG_UNWRITABLE`.
   */
  readonly enable: (name: string, options?: { readonly persist?: boolean | undefined }) => Promise<LoadReport>;
  /** The opposite of `enable`; what depends on the plugin ends with it. Throws as `enable` does. */
  readonly disable: (name: string, options?: { readonly persist?: boolean | undefined }) => Promise<LoadReport>;
  /** Calls `listener` after each change. An exception of the listener is logged. */
  readonly on: (event: "change", listener: (report: LoadReport) => void) => Disposable;
  /**
   * Resolves when no change is waiting or running, and every old generation has been disposed. With hot reload it first
   * compares what is watched with the disk: a write that finished before the call is in service when it resolves.
   */
  readonly settled: () => Promise<void>;
  /**
   * Ends every plugin in reverse activation order. Never rejects; calling it again waits for the same end.
   * The host's own server is not touched.
   */
  readonly close: () => Promise<void>;
}
