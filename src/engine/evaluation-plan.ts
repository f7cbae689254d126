import { type Cycle, type ExternalModule, isExternal, type ModuleRecord } from "./module-record.ts";

/** The modules to evaluate, each after what it imports, as far as cycles allow. */
export type EvaluationPlan = readonly (ModuleRecord | ExternalModule)[];

/**
 * Orders the modules that `entry` needs and that have not begun, in the order that the language prescribes: depth
 * first, in the order of the imports. Marks them as planned, and notes which form a cycle (Tarjan's algorithm,
 * without recursion: import chains can be long).
 */
export function planEvaluation(entry: ModuleRecord): EvaluationPlan {
  const plan: (ModuleRecord | ExternalModule)[] = [];
  if (entry.state !== "linked") return plan;
  const numbers = new Map<ModuleRecord, number>();
  const component: ModuleRecord[] = [];
  const path: Visit[] = [enter(entry, numbers, component)];

  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const { record } = visit;
    const imported = record.imports[visit.next];
    visit.next += 1;
    if (imported === undefined) {
      path.pop();
      plan.push(record);
      const parent = path.at(-1);
      if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
      if (visit.low === numbers.get(record)) closeComponent(record, component, numbers);
    } else if (isExternal(imported)) {
      if (imported.namespace === undefined) plan.push(imported);
    } else if (imported.state === "linked") {
      path.push(enter(imported, numbers, component));
    } else {
      const number = numbers.get(imported);
      if (number !== undefined) visit.low = Math.min(visit.low, number);
    }
  }
  return plan;
}

interface Visit {
  readonly record: ModuleRecord;
  /** The next import to look at. */
  next: number;
  /** The earliest module that can be reached from here and that reaches this one. */
  low: number;
}

function enter(record: ModuleRecord, numbers: Map<ModuleRecord, number>, component: ModuleRecord[]): Visit {
  const number = numbers.size;
  numbers.set(record, number);
  component.push(record);
  record.state = "planned";
  return { record, next: 0, low: number };
}

/** Takes a finished component off the stack; what is left of it in `numbers` must not count as a way back. */
function closeComponent(root: ModuleRecord, component: ModuleRecord[], numbers: Map<ModuleRecord, number>): void {
  const members = component.splice(component.lastIndexOf(root));
  for (const member of members) numbers.set(member, Number.POSITIVE_INFINITY);
  if (members.length === 1 && !root.imports.includes(root)) return;
  const cycle: Cycle = { root, members, bodies: undefined };
  for (const member of members) member.cycle = cycle;
}
