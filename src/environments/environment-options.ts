import type { Logger } from "../kernel/logger.ts";
import type { Clock } from "./clock.ts";
import type { InstallationEvent } from "./installation-event.ts";
import type { Installer } from "./installers/installer.ts";

/** What environments are made with. Every path is absolute. */
export interface EnvironmentOptions {
  /** The folder that holds the environments. It need not be there. */
  readonly home: string;
  /** The folder of the application's `package.json`. */
  readonly hostFolder: string;
  readonly installer: Installer;
  /** Whether only what a lockfile says is installed. */
  readonly frozen: boolean;
  readonly offline: boolean;
  readonly allowScripts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly onEvent: (event: InstallationEvent) => void;
  readonly clock: Clock;
}

/** For one installation, in milliseconds. */
export const installTimeoutMs = 300_000;
/** For another process's installations of one plugin's packages, in milliseconds. */
export const lockWaitLimitMs = 600_000;
