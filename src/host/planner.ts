import { buildPlan } from "../plan/build-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Wish } from "../sources/source.ts";
import type { Generation } from "./generation.ts";
import { selectFrom, type HostInputs } from "./host-inputs.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** A plan, and what it was made from. */
interface MadePlan {
  readonly inputs: HostInputs;
  readonly wishes: readonly Wish[];
  readonly plan: Plan;
}

/** Makes the plans of one host. While nothing that a plan is made from has changed, it hands out the same one. */
export class Planner {
  readonly #options: ResolvedOptions;
  #made: MadePlan | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  plan(inputs: HostInputs, runtimeWishes: Iterable<Wish>, inService: ReadonlyMap<string, Generation>): Plan {
    const wishes = [...runtimeWishes];
    // What a generation in service was made from pulls in dependencies, too; only one that is out of date matters.
    const stands = pullInNothingElse(inService, inputs);
    const made = stands ? this.#made : undefined;
    if (made?.inputs === inputs && isSame(made.wishes, wishes)) return made.plan;
    const selection = selectFrom(inputs, this.#options, {
      runtimeWishes: wishes,
      lastManifest: (name) => inService.get(name)?.entry.manifest,
    });
    const plan = buildPlan(selection, { coreVersion: this.#options.coreVersion });
    this.#made = stands ? { inputs, wishes, plan } : undefined;
    return plan;
  }
}

function pullInNothingElse(inService: ReadonlyMap<string, Generation>, { scan }: HostInputs): boolean {
  for (const { name, entry } of inService.values()) {
    const { manifest } = entry;
    if (manifest === undefined || manifest.dependencies.length === 0) continue;
    if (scan.plugins.get(name)?.manifest !== manifest) return false;
  }
  return true;
}

function isSame(left: readonly Wish[], right: readonly Wish[]): boolean {
  return left.length === right.length && left.every((wish, index) => wish === right[index]);
}
