import { briefMessage } from "../plan/brief-message.ts";
import type { PlannedPhase, PluginJson, ProblemJson } from "./json-shapes.ts";
import type { Paint, Style, Terminal } from "./terminal.ts";
import { textTable, type Cell } from "./text-table.ts";

const phaseStyles: Readonly<Record<PlannedPhase, Style>> = {
  ready: "green",
  disabled: "dim",
  blocked: "yellow",
  failed: "red",
};

export function paintPhase(phase: PlannedPhase, paint: Paint): string {
  return paint(phaseStyles[phase], phase);
}

/** One line for each plugin: its name, version and phase, where the wish comes from, how long it took, and why. */
export function pluginTable(plugins: readonly PluginJson[], { paint, columns }: Terminal): string {
  const isMeasured = plugins.some(({ loadMs }) => loadMs !== null);
  const head = ["name", "version", "phase", "source", ...(isMeasured ? ["ms"] : []), "why"];
  const rows = plugins.map((plugin): Cell[] => [
    { text: plugin.name, shown: paint("bold", plugin.name) },
    { text: plugin.version ?? "?" },
    { text: plugin.phase, shown: paintPhase(plugin.phase, paint) },
    { text: plugin.source },
    ...(isMeasured ? [{ text: plugin.loadMs === null ? "" : plugin.loadMs.toFixed(1), alignRight: true }] : []),
    { text: why(plugin) },
  ]);
  return textTable([head.map((text) => ({ text, shown: paint("dim", text) })), ...rows], columns);
}

/** What is wrong with it, else why it is wanted or not; on one line. */
function why({ problem, reason }: PluginJson): string {
  return problem === null ? reason : briefMessage(problem.message);
}

/** A problem with what to do, on several lines. */
export function problemLines({ plugin, message, remedy, code }: ProblemJson, paint: Paint): string {
  const about = plugin === undefined ? "" : `[${plugin}] `;
  return `${about}${message}\n    ${paint("cyan", "→")} ${remedy} ${paint("dim", `(${code})`)}`;
}

/** `3 ready, 1 failed`, the phases in the order of their goodness. */
export function countPhases(plugins: readonly PluginJson[]): string {
  const counts = (Object.keys(phaseStyles) as PlannedPhase[]).map((phase) => {
    const count = plugins.filter((plugin) => plugin.phase === phase).length;
    return count === 0 ? [] : [`${count} ${phase}`];
  });
  return counts.flat().join(", ") || "no plugins";
}
