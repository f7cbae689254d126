import { installTimeoutMs } from "../environments/environment-options.ts";
import { createInstaller } from "../environments/installers/create-installer.ts";
import type { Logger } from "../kernel/logger.ts";
import { isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";

export interface PackagesToInstall {
  /** The folder with the `package.json`, an absolute path. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** Has npm install an application's packages, without their install scripts. Returns what went wrong, if something did. */
export async function installPackages({
  folder,
  env,
  signal,
  logger,
}: PackagesToInstall): Promise<PlugoError | undefined> {
  try {
    await createInstaller("npm", { hostFolder: folder, env }).install({
      ...{ plugin: undefined, folder, hostFolder: folder, env, signal, logger },
      ...{ allowScripts: [], frozen: false, offline: false },
      timeoutMs: installTimeoutMs,
      onOutput: () => {},
    });
    return undefined;
  } catch (error) {
    if (isPlugoError(error)) return error;
    throw error;
  }
}
