import type { EvaluationPlan } from "./evaluation-plan.ts";
import { type Cycle, type ExternalModule, isExternal, type ModuleRecord } from "./module-record.ts";

/** How the steps of a plan are done. Each gives a promise only when it has to wait. */
export interface PlanSteps {
  /** Sets the external module's namespace. */
  load(module: ExternalModule): Promise<void> | undefined;
  /** Begins the suspended bodies of a cycle. */
  suspend(cycle: Cycle): void;
  /** Runs the module's code. */
  execute(record: ModuleRecord): Promise<unknown> | undefined;
}

/**
 * Evaluates a plan's modules in order, as the language prescribes: one that has to wait (for its own `await`, or for an
 * import that waits) holds back those that need it and no other. The result waits for external modules only; a
 * module's own waiting is its `pending`. What throws ends the plan; modules not begun can be planned again.
 */
export function runPlan(plan: EvaluationPlan, steps: PlanSteps, first = 0): Promise<void> | undefined {
  for (let index = first; index < plan.length; index += 1) {
    const module = plan[index] as EvaluationPlan[number];
    let waiting: Promise<void> | undefined;
    try {
      waiting = isExternal(module) ? load(module, steps) : begin(module, steps);
    } catch (error) {
      abandon(plan, index, error);
      throw error;
    }
    if (waiting !== undefined) return resume(waiting, plan, steps, index);
  }
  return undefined;
}

async function resume(waiting: Promise<void>, plan: EvaluationPlan, steps: PlanSteps, index: number): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    abandon(plan, index, error);
    throw error;
  }
  const next = plan[index] as EvaluationPlan[number];
  // A cycle whose external imports have come is begun by the same step.
  const again = !isExternal(next) && next.state === "planned";
  await runPlan(plan, steps, again ? index : index + 1);
}

function load(module: ExternalModule, steps: PlanSteps): Promise<void> | undefined {
  return module.namespace === undefined ? steps.load(module) : undefined;
}

function begin(record: ModuleRecord, steps: PlanSteps): Promise<void> | undefined {
  const { cycle } = record;
  if (cycle !== undefined && cycle.bodies === undefined) {
    for (const imported of cycle.members.flatMap((member) => member.imports)) {
      const waiting = isExternal(imported) ? load(imported, steps) : undefined;
      if (waiting !== undefined) return waiting;
    }
    steps.suspend(cycle);
  }
  const waits = pendingImports(record);
  const running = waits === undefined ? execute(record, steps) : afterAll(waits, record, steps);
  if (running === undefined) return undefined;
  record.state = "evaluating";
  record.pending = settle(record, running);
  return undefined;
}

function execute(record: ModuleRecord, steps: PlanSteps): Promise<unknown> | undefined {
  try {
    const running = steps.execute(record);
    if (running === undefined) record.state = "done";
    return running;
  } catch (error) {
    fail(record, error);
    throw error;
  }
}

async function afterAll(waits: readonly Promise<void>[], record: ModuleRecord, steps: PlanSteps): Promise<void> {
  await Promise.all(waits);
  // One of them may have failed.
  void pendingImports(record);
  await steps.execute(record);
}

async function settle(record: ModuleRecord, running: Promise<unknown>): Promise<void> {
  try {
    await running;
    record.state = "done";
  } catch (error) {
    fail(record, error);
  }
  record.pending = undefined;
}

/** The imports that the module has to wait for; throws the error of one that failed. */
function pendingImports(record: ModuleRecord): Promise<void>[] | undefined {
  let waits: Promise<void>[] | undefined;
  for (const imported of record.imports) {
    if (isExternal(imported)) continue;
    // Within its own cycle a module waits for those before it; of another cycle, for the whole.
    const awaited = imported.cycle === record.cycle ? imported : (imported.cycle?.root ?? imported);
    if (awaited.state === "failed") {
      fail(record, awaited.error);
      throw awaited.error;
    }
    if (awaited.pending !== undefined && awaited !== record) (waits ??= []).push(awaited.pending);
  }
  return waits;
}

function fail(record: ModuleRecord, error: unknown): void {
  record.state = "failed";
  record.error = error;
}

function abandon(plan: EvaluationPlan, from: number, error: unknown): void {
  for (const module of plan.slice(from)) {
    if (isExternal(module) || module.state !== "planned") continue;
    if (module.cycle?.bodies === undefined) {
      module.state = "linked";
      module.cycle = undefined;
    } else {
      fail(module, error);
    }
  }
}
