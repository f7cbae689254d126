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
    const stands = [...inService.values()].every((generation) => pullsInNothingElse(generation, inputs));
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

function pullsInNothingElse({ name, entry: { manifest } }: Generation, { scan }: HostInputs): boolean {
  if (manifest === undefined || manifest.dependencies.length === 0) return true;
  return scan.plugins.get(name)?.manifest === manifest;
}

function isSame(left: readonly Wish[], right: readonly Wish[]): boolean {
  return left.length === right.length && left.every((wish, index) => wish === right[index]);
}
