import { existsSync } from "node:fs";
import { join } from "node:path";
import { plugoError } from "../../kernel/plugo-error.ts";
import type { InstallerProgram } from "./find-installer.ts";
import { hostNpmrc } from "./host-npmrc.ts";
import { installFailure } from "./install-failure.ts";
import { installerEnvironment } from "./installer-environment.ts";
import type { InstallerTool, InstallWish } from "./installer-tool.ts";
import type { InstallRequest } from "./installer.ts";
import { redactSecrets } from "./redact-secrets.ts";
import { runAllowedScripts } from "./run-allowed-scripts.ts";
import { runInstaller, type InstallerEnd } from "./run-installer.ts";

/** One installation from its start to its end. See `Installer.install`. */
export async function installWith(
  tool: InstallerTool,
  program: InstallerProgram,
  request: InstallRequest,
): Promise<void> {
  const { folder, hostFolder, plugin, frozen } = request;
  if (frozen && !existsSync(join(folder, tool.lockfile))) {
    const facts = { name: plugin, installer: tool.name, lockfile: tool.lockfile, reason: "there is none" };
    throw plugoError("PLUGO_INSTALL_FROZEN", facts, { ...(plugin === undefined ? {} : { plugin }) });
  }
  const npmrc = hostNpmrc(tool, folder, hostFolder, request.env);
  const redact = redactSecrets(npmrc.texts, request.env);
  const endsAt = performance.now() + request.timeoutMs;

  const run = async (args: readonly string[], settings: Readonly<Record<string, string>>): Promise<InstallerEnd> => {
    const end = await runInstaller({
      program,
      args,
      folder,
      env: installerEnvironment(request.env, { ...npmrc.settings, ...settings }),
      timeoutMs: endsAt - performance.now(),
      signal: request.signal,
      onOutput: (line) => request.onOutput(redact(line)),
    });
    return { ...end, lines: end.lines.map(redact) };
  };
  const expectSuccess = (end: InstallerEnd): void => {
    if (end.how !== "exited" || end.exitCode !== 0) throw installFailure(tool, request, end);
  };

  try {
    const wish = {
      folder,
      hostFolder,
      isApplication: folder === hostFolder,
      frozen,
      offline: request.offline,
      timeoutMs: request.timeoutMs,
    };
    expectSuccess(await installOnceMoreWhenStale(tool, run, wish));
    if (request.allowScripts.length > 0) {
      await runAllowedScripts(tool, program, request, async (args, settings) =>
        expectSuccess(await run(args, settings)),
      );
    }
  } finally {
    npmrc.takeBack();
  }
}

/**
 * What the cache holds is taken without asking the registry whether there is newer. So what was published since seems
 * to be missing, and the registry is asked.
 */
async function installOnceMoreWhenStale(
  tool: InstallerTool,
  run: (args: readonly string[], settings: Readonly<Record<string, string>>) => Promise<InstallerEnd>,
  wish: Omit<InstallWish, "prefersCache">,
): Promise<InstallerEnd> {
  const end = await tool.install(run, { ...wish, prefersCache: true });
  const isStale = end.how === "exited" && end.exitCode !== 0 && end.lines.some((line) => tool.staleCache.test(line));
  return isStale && !wish.offline ? tool.install(run, { ...wish, prefersCache: false }) : end;
}
