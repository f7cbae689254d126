import { channel, type Channel } from "node:diagnostics_channel";

/** What is published on `plugo:provision` (when something had to be installed), `plugo:load`, `plugo:activate` and `plugo:dispose`, when the step has ended. */
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
  provision: channel("plugo:provision"),
  load: channel("plugo:load"),
  activate: channel("plugo:activate"),
  dispose: channel("plugo:dispose"),
  swap: channel("plugo:swap"),
} as const satisfies Record<string, Channel>;

/** Says on its channel that a step of a generation has ended, and what went wrong with it. */
export function publishStep(
  step: "provision" | "load" | "activate" | "dispose",
  { name, number }: { readonly name: string; readonly number: number },
  startTime: number,
  error?: unknown,
): void {
  if (!channels[step].hasSubscribers) return;
  const message: PluginStepMessage = {
    plugin: name,
    generation: number,
    startTime,
    durationMs: performance.now() - startTime,
    ...(error === undefined ? {} : { error }),
  };
  channels[step].publish(message);
}

export function publishSwap(message: SwapMessage): void {
  channels.swap.publish(message);
}

/** Whether anybody wants to know of swaps. */
export function hasSwapSubscribers(): boolean {
  return channels.swap.hasSubscribers;
}
