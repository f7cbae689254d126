import type { Logger } from "../kernel/logger.ts";

/** A plugin's config when it declares nothing else. */
// oxlint-disable-next-line typescript/no-explicit-any -- an author reads `plugin.config.name` without casts
export type AnyConfig = Readonly<Record<string, any>>;

/**
 * What a plugin's `initPlugin` gets as its second argument: who it is, what it was configured with, and the owner of
 * everything that it starts. One is made for each generation; its functions can be taken out by destructuring.
 */
export interface PluginScope<Config = AnyConfig> {
  /** The plugin's name: its folder's name. */
  readonly name: string;
  /** The version in its metadata. */
  readonly version: string;
  /** Its folder, as an absolute path; for a module that stands for a plugin, the module's path. */
  readonly path: string;
  /** The content of its `metadata.json`, frozen. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Its config after the defaults of `config_schema`, frozen. */
  readonly config: Config;
  /** Counts the generations of this plugin in this host, from 1. */
  readonly generation: number;
  /** The host's logger, with the plugin's name before each line. */
  readonly logger: Logger;
  /**
   * Has `undo` run when this generation is disposed: last in, first out, whatever other undos do. After disposal it
   * runs at once. `label` names it in messages.
   */
  readonly defer: (undo: () => unknown, label?: string) => void;
  /** Owns a disposable, and returns it: its `Symbol.asyncDispose` or `Symbol.dispose` runs as an undo. */
  readonly use: <T extends Disposable | AsyncDisposable>(disposable: T) => T;
  /**
   * The API of a declared dependency: the very value that its `initPlugin` returned. It is the generation that this one
   * was activated with, also while this one drains.
   *
   * @returns `undefined` for an optional dependency that is absent.
   * @throws PlugoError `PLUGO_NOT_DECLARED`.
   */
  readonly dependency: <Api = unknown>(name: string) => Api;
  /** Whether this generation is the one in service. */
  readonly live: boolean;
  /**
   * Has `prepare` run before this generation is put in service, after `initPlugin`. When it throws or rejects, the
   * generation is thrown away, as if `initPlugin` had failed.
   */
  readonly beforeSwap: (prepare: () => unknown) => void;
  /** Keeps this generation from being disposed until the returned value is disposed, up to the drain time. */
  readonly hold: () => Disposable;
  /** Aborts at the swap that takes this generation out of service: end streams and sockets. */
  readonly draining: AbortSignal;
  /** Aborts when disposal begins, after the drain. */
  readonly signal: AbortSignal;
}

/**
 * The shape of `initPlugin`. Write `… satisfies InitPlugin<AppContext>`: an annotation would turn the API into
 * `unknown`.
 */
export type InitPlugin<Context, Api = unknown, Config = AnyConfig> = (
  context: Context,
  plugin: PluginScope<Config>,
) => Api | Promise<Api>;

/** @internal How a registry learns what the public scope does not say; registered, so that two copies agree. */
export const scopeInternals: unique symbol = Symbol.for("plugo.scope");

/** @internal */
export interface ScopeInternals {
  readonly host: HostInternals;
  /** The plugin's place in the plan's order, as of the latest swap. */
  readonly position: number;
  /** Has this generation thrown away when the one that `name` gets in the same change is. */
  readonly swapOnlyWith: (name: string) => void;
}

/** @internal */
export interface HostInternals {
  /** Counts the hosts of this process. */
  readonly id: number;
  /** Has `listener` called after every swap, until the host closes. Adding it twice is adding it once. */
  readonly onSwap: (listener: () => void) => void;
  /** Whether the plugin is out of service for a restart, so that it may come back. The end of that counts as a swap. */
  readonly isReturning: (name: string) => boolean;
  /** Whether the change under way makes a new generation of the plugin, or ends it. */
  readonly isChanging: (name: string) => boolean;
  /** How long what is in flight may take at a swap, in milliseconds; 0 = no limit. */
  readonly drainTimeoutMs: number;
}

/** @internal The scope as plugo itself sees it. */
export interface InternalScope extends PluginScope {
  readonly [scopeInternals]: ScopeInternals;
}
