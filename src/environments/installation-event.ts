import type { Logger } from "../kernel/logger.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";

/** How the installation of packages goes on; of one plugin, or of the application (`plugin: undefined`). */
export type InstallationEvent = { readonly plugin: string | undefined } & (
  | { readonly kind: "waiting"; readonly owner: string }
  | { readonly kind: "installing"; readonly packages: number; readonly installer: string }
  | { readonly kind: "output"; readonly line: string }
  | { readonly kind: "installed"; readonly durationMs: number }
  | { readonly kind: "failed"; readonly problem: PlugoError }
);

/**
 * One line for each step. A failure is none: it is the plugin's problem, which the host reports.
 *
 * @param showOutput Whether each line that the installer writes is one, too.
 */
export function installationLines(logger: Logger, showOutput: boolean): (event: InstallationEvent) => void {
  return (event) => {
    const whose = event.plugin === undefined ? "the application" : `"${event.plugin}"`;
    switch (event.kind) {
      case "waiting":
        return logger.info(`waiting for ${event.owner}, which installs packages for ${whose}`);
      case "installing": {
        const packages = event.packages === 1 ? "1 package" : `${event.packages} packages`;
        return logger.info(`installing ${packages} for ${whose} with ${event.installer}`);
      }
      case "output":
        return showOutput ? logger.info(`${event.plugin ?? "application"}: ${event.line}`) : undefined;
      case "installed":
        return logger.info(`installed the packages of ${whose} in ${(event.durationMs / 1000).toFixed(1)} s`);
      case "failed":
        return undefined;
    }
  };
}
