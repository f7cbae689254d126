import type { Logger } from "../kernel/logger.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";
import type { ChangeRequest } from "./change-request.ts";
import type { LoadReport } from "./plugin-host.ts";
import { describeChange, problemText, type ChangeFacts } from "./report-lines.ts";

/** What a report is made from. */
export interface ReportInput extends Omit<ChangeFacts, "fresh"> {
  readonly request: Pick<ChangeRequest, "trigger" | "changed">;
  /** On the clock of `performance.now()`. */
  readonly startTime: number;
  readonly loaded: readonly string[];
  /** Everything that is wrong now, also what was before. */
  readonly problems: readonly PlugoError[];
}

/** Makes the reports of one host, and writes them to its logger: each problem once, while it lasts. */
export class ChangeReports {
  readonly #logger: Logger;
  #known: ReadonlySet<string> = new Set();
  #faults: PlugoError[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Takes note of what went wrong outside an attempt; it is in the next report. */
  addFault(problem: PlugoError): void {
    this.#faults.push(problem);
    this.#logger.warn(problemText(problem));
  }

  make({ request, startTime, loaded, problems, ...facts }: ReportInput): LoadReport {
    const current = new Map(problems.map((problem) => [keyOf(problem), problem]));
    const fresh = [...current].filter(([key]) => !this.#known.has(key)).map(([, problem]) => problem);
    this.#known = new Set(current.keys());
    const report: LoadReport = Object.freeze({
      trigger: request.trigger,
      changed: Object.freeze([...request.changed]),
      loaded: Object.freeze(loaded),
      problems: Object.freeze([...fresh, ...this.#faults]),
      durationMs: performance.now() - startTime,
    });
    this.#faults = [];
    describeChange(this.#logger, report, { ...facts, fresh });
    return report;
  }
}

function keyOf(problem: PlugoError): string {
  return `${problem.plugin ?? ""} ${problem.code} ${problem.message}`;
}
