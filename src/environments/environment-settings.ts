import type { InstallerName } from "./installers/installer.ts";

/** How plugins get their npm dependencies. Every default is filled in, every path absolute. */
export interface EnvironmentSettings {
  /**
   * `isolated`: each plugin has an environment of its own. `host`: what is missing is installed into the application.
   * `none`: nothing is installed, and plugins find what is there.
   */
  readonly mode: "isolated" | "host" | "none";
  /** The folder that holds the environments. */
  readonly home: string;
  readonly installer: InstallerName;
  /** Whether only what a lockfile says is installed. */
  readonly frozen: boolean;
  /** Whether only the installer's own cache may be asked. */
  readonly offline: boolean;
  /** The packages whose install scripts run, by name or `name@version`. */
  readonly allowScripts: readonly string[];
  /** Whether every line that an installer writes is logged. */
  readonly showsOutput: boolean;
  /** The application's folder: the nearest one above the working directory that has a `package.json`. */
  readonly hostFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
