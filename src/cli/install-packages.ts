import { findInstaller } from "../environments/installers/find-installer.ts";
import { installerEnvironment } from "../environments/installers/installer-environment.ts";
import { npmTool } from "../environments/installers/npm-tool.ts";
import { runInstaller } from "../environments/installers/run-installer.ts";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";

export interface PackagesToInstall {
  /** The folder with the `package.json`, an absolute path. */
  readonly folder: string;
  /** What the folder is called in messages. */
  readonly shownFolder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const timeoutMs = 600_000;

/** Has npm install a folder's packages; without a shell. Returns what went wrong, if something did. */
export async function installPackages({
  folder,
  shownFolder,
  env,
  signal,
}: PackagesToInstall): Promise<PlugoError | undefined> {
  const program = findInstaller(npmTool, { hostFolder: folder, env });
  const args = ["install", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
  const own = installerEnvironment(env, {});
  const end = await runInstaller({ program, args, folder, env: own, timeoutMs, signal, onOutput: () => {} });
  if (end.how === "exited" && end.exitCode === 0) return undefined;
  if (end.how === "aborted") return undefined;
  const ending = end.how === "exited" ? `ended with ${end.exitCode}` : end.how;
  return plugoError("PLUGO_NPM_FAILED", { folder: displayPath(shownFolder), ending, lines: end.lines.slice(-12) });
}
