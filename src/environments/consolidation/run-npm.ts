import { findInstaller } from "../installers/find-installer.ts";
import { hostNpmrc } from "../installers/host-npmrc.ts";
import { installFailure } from "../installers/install-failure.ts";
import { installerEnvironment } from "../installers/installer-environment.ts";
import { npmTool } from "../installers/npm-tool.ts";
import { redactSecrets } from "../installers/redact-secrets.ts";
import { runInstaller } from "../installers/run-installer.ts";

const timeoutMs = 300_000;

/**
 * Runs the npm that is found beside Node.js in a folder, with the application's `.npmrc`, without install scripts.
 *
 * @returns Its output.
 * @throws PLUGO_INSTALLER_MISSING, or a code `PLUGO_INSTALL_…` with what npm says.
 */
export async function runNpm(args: readonly string[], folder: string, hostFolder: string): Promise<string> {
  const { env } = process;
  const program = findInstaller(npmTool, { hostFolder, env });
  const npmrc = hostNpmrc(npmTool, folder, hostFolder, env);
  const redact = redactSecrets(npmrc.texts, env);
  const output: string[] = [];
  try {
    const end = await runInstaller({
      program,
      args: [...args, ...commonFlags],
      folder,
      env: installerEnvironment(env, npmrc.settings),
      timeoutMs,
      signal: new AbortController().signal,
      onOutput: (line) => void output.push(line),
    });
    if (end.how === "exited" && end.exitCode === 0) return output.join("\n");
    throw installFailure(npmTool, { plugin: undefined, timeoutMs }, { ...end, lines: end.lines.map(redact) });
  } finally {
    npmrc.takeBack();
  }
}

const commonFlags = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-progress",
  "--no-update-notifier",
  "--global=false",
  "--dry-run=false",
  "--loglevel=error",
  "--fetch-retries=1",
  "--fetch-timeout=30000",
];
