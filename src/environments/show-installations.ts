import { liveLinesOf, type Logger } from "../kernel/logger.ts";
import { printable } from "../kernel/printable.ts";
import type { Clock } from "./clock.ts";
import type { InstallationEvent } from "./installation-event.ts";

/**
 * Tells people of installations: on a terminal a line for each plugin that lives until it is done, elsewhere one line for
 * each step. A failure is none: it is the plugin's problem, which the host reports.
 *
 * @param showsOutput Whether each line that the installer writes is one, too.
 */
export function showInstallations(
  logger: Logger,
  { showsOutput, clock }: { readonly showsOutput: boolean; readonly clock: Pick<Clock, "now"> },
): (event: InstallationEvent) => void {
  const live = liveLinesOf(logger);
  const begin = (key: string, text: string): void => {
    if (live === undefined) return logger.info(text);
    const startedAt = clock.now();
    live.set(key, () => `  ${printable(text)} … ${seconds(clock.now() - startedAt)}`);
  };
  return (event) => {
    const key = event.plugin ?? "";
    const whose = event.plugin === undefined ? "the application" : `"${event.plugin}"`;
    switch (event.kind) {
      case "waiting":
        return begin(key, `waiting for ${event.owner}, which installs packages for ${whose}`);
      case "installing": {
        const packages = event.packages === 1 ? "1 package" : `${event.packages} packages`;
        return begin(key, `installing ${packages} for ${whose} with ${event.installer}`);
      }
      case "output":
        return showsOutput ? logger.info(`${event.plugin ?? "application"}: ${event.line}`) : undefined;
      case "installed":
        live?.delete(key);
        return logger.info(`installed the packages of ${whose} in ${seconds(event.durationMs)}`);
      case "ended":
        return live?.delete(key);
    }
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
