import type { Logger } from "../kernel/logger.ts";
import type { PlugoError } from "../kernel/plugo-error.ts";
import { problemText } from "../kernel/problem-text.ts";
import { isFollowed, type ChangeRequest } from "./change-request.ts";
import type { LoadReport } from "./plugin-host.ts";
import { describeChange, type ChangeFacts } from "./report-lines.ts";

/** What a report is made from. */
export interface ReportInput extends Omit<ChangeFacts, "fresh" | "mended"> {
  readonly request: Pick<ChangeRequest, "trigger" | "changed">;
  /** On the clock of `performance.now()`. */
  readonly startTime: number;
  readonly loaded: readonly string[];
  /** Everything that is wrong now, also what was before. */
  readonly problems: readonly PlugoError[];
  /** Whether other generations, or the same ones in another order, are in service than before. */
  readonly hasSwapped: boolean;
  /** Whether the host began to close meanwhile: what came to nothing for that is no news. */
  readonly isCutOff: boolean;
}

/** A report, and whether there is anything in it that somebody should be told of. */
export interface MadeReport {
  readonly report: LoadReport;
  readonly isNoteworthy: boolean;
}

/** Makes the reports of one host, and writes them to its logger: each problem once, while it lasts. */
export class ChangeReports {
  readonly #logger: Logger;
  #known: ReadonlyMap<string, PlugoError> = new Map();
  #faults: PlugoError[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Takes note of what went wrong outside an attempt; it is in the next report. */
  addFault(problem: PlugoError): void {
    this.#faults.push(problem);
    this.#logger.warn(problemText(problem));
  }

  make({ request, startTime, loaded, problems, hasSwapped, isCutOff, ...facts }: ReportInput): MadeReport {
    const current = new Map(problems.map((problem) => [keyOf(problem), problem]));
    const fresh = [...current].filter(([key]) => !this.#known.has(key)).map(([, problem]) => problem);
    const mended = [...this.#known].filter(([key]) => !current.has(key)).map(([, problem]) => problem);
    const findings = fresh.length + this.#faults.length + mended.length;
    this.#known = current;
    const report: LoadReport = Object.freeze({
      trigger: request.trigger,
      changed: Object.freeze([...request.changed]),
      loaded: Object.freeze(loaded),
      problems: Object.freeze([...fresh, ...this.#faults]),
      durationMs: performance.now() - startTime,
    });
    this.#faults = [];
    // Who asked for a change is told what came of it; a file may be written again with what it held.
    const hasHappened = !isFollowed(request) || hasSwapped || findings > 0 || facts.stopped.size > 0;
    const isNoteworthy = hasHappened && !isCutOff;
    if (isNoteworthy) describeChange(this.#logger, report, { ...facts, fresh, mended });
    return { report, isNoteworthy };
  }
}

function keyOf(problem: PlugoError): string {
  // The nearest name is another one when other plugins come and go; the problem is the same.
  return `${problem.plugin ?? ""} ${problem.code} ${problem.message.replace(/ Did you mean "[^"]*"\?/, "")}`;
}
