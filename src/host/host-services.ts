import type { Engine, FileOwners } from "../engine/engine.ts";
import type { Provisioner } from "../environments/provisioner.ts";
import type { Logger } from "../kernel/logger.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";
import type { Generation } from "./generation.ts";
import type { HostInternals, PluginScope } from "./plugin-scope.ts";

/** What a generation needs of its host. */
export interface HostServices {
  readonly logger: Logger;
  readonly engine: Engine;
  readonly provisioner: Provisioner;
  readonly limits: TimeLimits;
  readonly internals: HostInternals;
  /** The plugin directories' owners of files, as of the latest reading of the disk. */
  readonly owners: FileOwners;
  /** The names of all plugins that are known, to find the one that a slip was meant to be. */
  readonly knownNames: () => Iterable<string>;
  /** What a plugin gets as its context. */
  readonly contextFor: (plugin: PluginScope) => object;
  /** Whether a generation is the one in service. */
  readonly isLive: (generation: Generation) => boolean;
  /** Takes note of what went wrong outside an attempt: in an undo, a drain, a timer. */
  readonly reportFault: (problem: PlugoError) => void;
  /** Aborts what is under way. */
  readonly signal: AbortSignal;
}

/** All in milliseconds; 0 = no limit. */
export interface TimeLimits {
  readonly initTimeoutMs: number;
  readonly disposeTimeoutMs: number;
  readonly drainTimeoutMs: number;
}
