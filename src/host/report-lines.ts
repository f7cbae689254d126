import type { Logger } from "../kernel/logger.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";
import type { Plan } from "../plan/plan.ts";
import type { Generation } from "./generation.ts";
import type { LoadReport } from "./plugin-host.ts";

/** What is needed beside the report to say what happened. */
interface ChangeFacts {
  readonly plan: Plan;
  readonly inService: ReadonlyMap<string, Generation>;
  readonly stopped: ReadonlySet<string>;
  /** The problems that have not been written yet. */
  readonly fresh: readonly PlugoError[];
}

/** Writes what a change did, one line for each fact. */
export function describeChange(logger: Logger, report: LoadReport, facts: ChangeFacts): void {
  const { inService, plan, stopped, fresh } = facts;
  for (const name of report.loaded) {
    const generation = inService.get(name);
    if (generation !== undefined) logger.info(loadedLine(generation));
  }
  for (const name of stopped) if (!inService.has(name)) logger.info(`[${name}] stopped`);
  if (report.trigger === "load") {
    for (const { name, status, problem, selected } of plan.entries.values()) {
      if (status === "disabled" && problem === null) logger.info(`[${name}] skipped: ${selected.reason}`);
    }
  }
  for (const problem of fresh) logger.error(problemText(problem));
  logger.info(summaryLine(report, facts));
}

/** A problem as text: what happened on the first line, what to do on the last. */
export function problemText({ plugin, code, message, remedy }: PlugoError): string {
  const about = plugin === undefined ? "" : `[${plugin}] `;
  return `${about}${message}\n    → ${remedy} (${code})`;
}

function loadedLine({ name, number, entry, timings }: Generation): string {
  const verb = number === 1 ? "loaded" : `reloaded as generation ${number}`;
  const version = entry.manifest?.version ?? "";
  const { loadMs, activateMs } = timings;
  const parts = `load ${formatMs(loadMs)}, init ${formatMs(activateMs)}`;
  return `[${name}] ${verb} ${version} in ${formatMs(loadMs + activateMs)} (${parts}): ${entry.selected.reason}`;
}

function summaryLine({ trigger, loaded, durationMs }: LoadReport, { plan, inService, stopped }: ChangeFacts): string {
  if (trigger === "close") return `closed ${stopped.size} plugins in ${formatMs(durationMs)}`;
  const counts = new Map<string, number>();
  for (const { name, status } of plan.entries.values()) {
    if (inService.has(name)) continue;
    const state = status === "ready" ? "failed" : status;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const others = [...counts].map(([state, count]) => `, ${count} ${state}`).join("");
  const verb = trigger === "load" ? "loaded" : "changed";
  return `${loaded.length} plugins ${verb} in ${formatMs(durationMs)}; ${inService.size} active${others}`;
}

function formatMs(milliseconds: number): string {
  return `${milliseconds < 100 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}
