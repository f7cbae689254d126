import { dirname } from "node:path";
import type { Logger } from "../kernel/logger.ts";
import type { Phase } from "../kernel/phase.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";
import { problemText } from "../kernel/problem-text.ts";
import type { Plan } from "../plan/plan.ts";
import { isFollowed } from "./change-request.ts";
import type { Generation } from "./generation.ts";
import type { LoadReport } from "./plugin-host.ts";

/** What is needed beside the report to say what happened. */
export interface ChangeFacts {
  readonly plan: Plan;
  readonly inService: ReadonlyMap<string, Generation>;
  readonly stopped: ReadonlySet<string>;
  readonly phaseOf: (name: string) => Phase;
  /** The problems that have not been written yet. */
  readonly fresh: readonly PlugoError[];
  /** The problems that were there before this change and are gone. */
  readonly mended: readonly PlugoError[];
}

/** Writes what a change did, one line for each fact. */
export function describeChange(logger: Logger, report: LoadReport, facts: ChangeFacts): void {
  const { inService, plan, stopped, fresh, mended } = facts;
  if (isFollowed(report) && report.changed.length > 0) logger.info(`changed: ${shortList(outermost(report.changed))}`);
  report.loaded.forEach((name) => {
    const generation = inService.get(name);
    if (generation !== undefined) logger.info(loadedLine(generation));
  });
  for (const name of stopped) if (!inService.has(name)) logger.info(`[${name}] stopped`);
  if (report.trigger === "load" && inService.size < plan.entries.size) {
    for (const { name, status, problem, selected } of plan.entries.values()) {
      if (status === "disabled" && problem === null) logger.info(`[${name}] skipped: ${selected.reason}`);
    }
  }
  for (const { plugin } of mended) {
    if (plugin === undefined || report.loaded.includes(plugin) || !inService.has(plugin)) continue;
    if (!fresh.some((problem) => problem.plugin === plugin)) logger.info(`[${plugin}] is as it runs again`);
  }
  for (const problem of fresh) {
    logger.error(problemText(problem));
    const { plugin = "" } = problem;
    const running = report.trigger === "load" || report.loaded.includes(plugin) ? undefined : inService.get(plugin);
    if (running !== undefined) logger.info(`[${plugin}] goes on as generation ${running.number}`);
  }
  logger.info(summaryLine(report, facts));
}

function loadedLine({ name, number, entry, timings }: Generation): string {
  const version = entry.manifest?.version ?? "";
  const what = number === 1 ? `loaded ${version}` : `reloaded ${version} as generation ${number}`;
  const { loadMs, activateMs } = timings;
  const parts = `load ${formatMs(loadMs)}, init ${formatMs(activateMs)}`;
  return `[${name}] ${what} in ${formatMs(loadMs + activateMs)} (${parts}): ${entry.selected.reason}`;
}

function summaryLine({ trigger, loaded, durationMs }: LoadReport, facts: ChangeFacts): string {
  const { plan, inService, stopped, phaseOf } = facts;
  if (trigger === "close") return `closed ${plugins(stopped.size)} in ${formatMs(durationMs)}`;
  const counts = new Map<Phase, number>();
  if (inService.size < plan.entries.size) {
    for (const name of plan.entries.keys()) {
      if (inService.has(name)) continue;
      const phase = phaseOf(name);
      counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
  }
  const others = [...counts].map(([phase, count]) => `, ${count} ${phase}`).join("");
  const verb = trigger === "load" ? "loaded" : "changed";
  return `${plugins(loaded.length)} ${verb} in ${formatMs(durationMs)}; ${inService.size} active${others}`;
}

/** A folder that has changed stands for what is in it. */
function outermost(paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  const isInAnother = (path: string): boolean => {
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      if (all.has(folder)) return true;
    }
    return false;
  };
  return paths.filter((path) => !isInAnother(path));
}

const maxListed = 5;

function shortList(paths: readonly string[]): string {
  const more = paths.length - maxListed;
  return more > 0 ? `${paths.slice(0, maxListed).join(", ")} and ${more} more` : paths.join(", ");
}

function plugins(count: number): string {
  return count === 1 ? "1 plugin" : `${count} plugins`;
}

/** One decimal place below 100 ms. Each of those is written once: it is called for every plugin. */
function formatMs(milliseconds: number): string {
  const tenths = Math.round(milliseconds * 10);
  if (tenths >= 1_000) return `${Math.round(milliseconds)} ms`;
  return (shortTimes[tenths] ??= `${(tenths / 10).toFixed(1)} ms`);
}

const shortTimes: string[] = [];
