import type { LoadReport, PluginHost } from "@plugo/node";

/** The next report of a change, or the next of a kind. Watching does not keep the process alive, so waiting does. */
export function nextReport(
  host: Pick<PluginHost, "on">,
  isAwaited: (report: LoadReport) => boolean = () => true,
): Promise<LoadReport> {
  const alive = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    const listening = host.on("change", (report) => {
      if (!isAwaited(report)) return;
      listening[Symbol.dispose]();
      clearInterval(alive);
      resolve(report);
    });
  });
}
