import { channel, type Channel } from "node:diagnostics_channel";

/** What is published on `plugo:load`, `plugo:activate` and `plugo:dispose`, when the step has ended. */
export interface PluginStepMessage {
  readonly plugin: string;
  /** Counts the generations of this plugin in this host, from 1. */
  readonly generation: number;
  /** On the clock of `performance.now()`, in milliseconds. */
  readonly startTime: number;
  readonly durationMs: number;
  /** Why the step failed; absent when it did not. */
  readonly error?: unknown;
}

/** What is published on `plugo:swap`, right after the new generations are in service. */
export interface SwapMessage {
  readonly revision: number;
  /** The plugins that have a new generation in service. */
  readonly loaded: readonly string[];
  /** The plugins that are not in service any more. */
  readonly stopped: readonly string[];
}

/** The `node:diagnostics_channel` channels that tracing tools can subscribe to. */
const channels = {
  load: channel("plugo:load"),
  activate: channel("plugo:activate"),
  dispose: channel("plugo:dispose"),
  swap: channel("plugo:swap"),
} as const satisfies Record<string, Channel>;

export function publishStep(step: "load" | "activate" | "dispose", message: PluginStepMessage): void {
  if (channels[step].hasSubscribers) channels[step].publish(message);
}

export function publishSwap(message: SwapMessage): void {
  if (channels.swap.hasSubscribers) channels.swap.publish(message);
}
