import type { Trigger } from "./plugin-host.ts";

/** What a change is asked to do, beside making what runs equal to what is wanted. */
export interface ChangeRequest {
  readonly trigger: Trigger;
  /** What the change was asked for, for the report. */
  readonly changed: readonly string[];
  /** Whether a plugin is compared with the disk again. */
  readonly isTouched: (name: string) => boolean;
  /** Whether a plugin gets a new generation although nothing about it has changed. */
  readonly isForced: (name: string) => boolean;
  /** Whether a plugin that had failed is tried again although nothing about it has changed. */
  readonly isRetried: (name: string) => boolean;
}
