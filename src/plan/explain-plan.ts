import { briefMessage } from "./brief-message.ts";
import type { Plan, PlanEntry } from "./plan.ts";

/** One line per plugin, in the plan's order: `sample_plugin 1.0.0 ready: enabled in plugins_config.json`. */
export function explainPlan(plan: Plan): string {
  return Array.from(plan.entries.values(), explainEntry).join("\n");
}

function explainEntry({ name, manifest, status, selected, problem }: PlanEntry): string {
  const version = manifest === undefined ? "" : ` ${manifest.version}`;
  return `${name}${version} ${status}: ${problem === null ? selected.reason : briefMessage(problem.message)}`;
}
