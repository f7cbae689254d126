import type { Trigger } from "./plugin-host.ts";

/** Which plugins are looked at again. */
export interface Touch {
  /** Whether a plugin is compared with the disk again. */
  readonly isTouched: (name: string) => boolean;
  /**
   * When it is given, nothing but these names in the plugin directories can have changed, and the directories are not
   * listed again as long as each of them is the plugin that it was.
   */
  readonly only?: ReadonlySet<string> | undefined;
}

/** What a change is asked to do, beside making what runs equal to what is wanted. */
export interface ChangeRequest extends Touch {
  readonly trigger: Trigger;
  /** What the change was asked for, for the report. */
  readonly changed: readonly string[];
  /** Whether a plugin gets a new generation although nothing about it has changed. */
  readonly isForced: (name: string) => boolean;
  /** Whether a plugin that had failed is tried again although nothing about it has changed. */
  readonly isRetried: (name: string) => boolean;
  /** Whether a plugin's new generation takes over the modules of the one in service, without evaluating its files. */
  readonly keepsModules: (name: string) => boolean;
}

/** Whether the change comes from the disk: somebody saved a few files, and asked for nothing. */
export function isFollowed({ trigger }: Pick<ChangeRequest, "trigger">): boolean {
  return trigger === "file" || trigger === "config";
}
