import { buildPlan } from "../plan/build-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Selection, Wish } from "../sources/source.ts";
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

  /** What all sources want now. */
  select(inputs: HostInputs, runtimeWishes: Iterable<Wish>, inService: ReadonlyMap<string, Generation>): Selection {
    return selectFrom(inputs, this.#options, {
      runtimeWishes,
      lastManifest: (name) => inService.get(name)?.entry.manifest,
    });
  }

  /** @param settled The plan that what is in service has been made equal to, when it has. */
  plan(
    inputs: HostInputs,
    runtimeWishes: Iterable<Wish>,
    inService: ReadonlyMap<string, Generation>,
    settled: Plan | undefined,
  ): Plan {
    const wishes = [...runtimeWishes];
    const made = this.#made;
    const isMade = made?.inputs === inputs && isSame(made.wishes, wishes);
    if (isMade && made.plan === settled) return made.plan;
    // What a generation in service was made from pulls in dependencies, too; only one that is out of date matters.
    const stands = pullInNothingElse(inService, inputs);
    if (isMade && stands) return made.plan;
    const plan = buildPlan(this.select(inputs, wishes, inService), { coreVersion: this.#options.coreVersion });
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
