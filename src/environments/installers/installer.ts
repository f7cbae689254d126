import type { Logger } from "../../kernel/logger.ts";

/**
 * What installs npm packages into a folder. It owns no state: the same call may be made by several processes, each on a
 * folder of its own.
 */
export interface Installer {
  readonly name: InstallerName;
  /** The file that holds what was resolved, as the installer reads and writes it beside `package.json`. */
  readonly lockfile: string;
  /**
   * Which installer this is, as `npm@11`: environments made by another major version count as others. Found without
   * running anything. Throws `PLUGO_INSTALLER_MISSING`.
   */
  identify(): string;
  /**
   * Installs what `package.json` in `folder` asks for into `node_modules` there, with the lockfile that lies beside it,
   * and writes that lockfile. Rejects with a `PlugoError` (`PLUGO_INSTALL_…`); the folder is then of no use. When it
   * settles, no process that it has started is left.
   */
  install(request: InstallRequest): Promise<void>;
}

export type InstallerName = "npm" | "pnpm" | "bun";

export interface InstallRequest {
  /** The plugin that it is for, to be named in errors; `undefined` for the application's own packages. */
  readonly plugin: string | undefined;
  /** An absolute path. It holds `package.json`, and may hold the lockfile. */
  readonly folder: string;
  /** The application's folder, whose `.npmrc` holds: registries, scopes and tokens. An absolute path. */
  readonly hostFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The packages whose install scripts run, by name or `name@version`; those of no other do. */
  readonly allowScripts: readonly string[];
  /** Whether what the lockfile says is installed exactly, or nothing. */
  readonly frozen: boolean;
  /** Whether only the installer's own cache may be asked. */
  readonly offline: boolean;
  /** In all, in milliseconds; then the installer's processes are ended. */
  readonly timeoutMs: number;
  /** Ends the installation, and the installer's processes. */
  readonly signal: AbortSignal;
  /** Called with each line that the installer writes. */
  readonly onOutput: (line: string) => void;
  readonly logger: Logger;
}
