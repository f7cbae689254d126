import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Selected } from "../sources/source.ts";
import { briefMessage } from "./brief-message.ts";
import type { PlanEntry } from "./plan.ts";

/**
 * The problem of a plugin whose dependency does not run: the whole chain down to what is really wrong. `cause` is the
 * dependency's own problem; when that is a blocked one, the new chain is one link longer and has the same code.
 */
export function blockedBy(entry: Pick<PlanEntry, "name">, dependency: string, cause: PlugoError): PlugoError {
  const chain = chains.get(cause);
  if (chain !== undefined) return problemOf(lengthened(chain, entry.name));
  const verb = unmetVersionCodes.has(cause.code) ? "is blocked" : "failed";
  return problemOf({
    names: [entry.name, dependency],
    omitted: 0,
    end: `, ${dependency} ${verb}: ${briefMessage(cause.message)}`,
    describe: (text, plugin) =>
      plugoError("PLUGO_DEPENDENCY_FAILED", { chain: text, failed: dependency }, { plugin, cause }),
  });
}

/** The problem of a plugin that needs one which does not exist. */
export function blockedByMissing(manifest: Manifest, missing: string, nearest: string | undefined): PlugoError {
  const facts = { missing, needer: manifest.name, file: displayPath(manifest.file), nearest };
  return problemOf({
    names: [manifest.name, missing],
    omitted: 0,
    end: ", which does not exist",
    describe: (chain, plugin) => plugoError("PLUGO_DEPENDENCY_MISSING", { ...facts, chain }, { plugin }),
  });
}

/** The problem of a plugin that needs one which is switched off. */
export function blockedByDisabled(name: string, disabled: Selected): PlugoError {
  const facts = { disabled: disabled.name, where: disabled.where };
  return problemOf({
    names: [name, disabled.name],
    omitted: 0,
    end: `, ${disabled.name} is ${disabled.reason}`,
    describe: (chain, plugin) => plugoError("PLUGO_DEPENDENCY_DISABLED", { ...facts, chain }, { plugin }),
  });
}

/** Who needs whom, from the blocked plugin down to what is wrong. Long chains keep both ends. */
interface Chain {
  readonly names: readonly string[];
  /** How many names are left out in the middle of `names`. */
  readonly omitted: number;
  readonly end: string;
  readonly describe: (chain: string, plugin: string) => PlugoError;
}

/** The chain that a blocked plugin's problem was written from: its dependents' chains go on from it. */
const chains = new WeakMap<PlugoError, Chain>();

const unmetVersionCodes: ReadonlySet<string> = new Set(["PLUGO_CORE_VERSION", "PLUGO_DEPENDENCY_VERSION"]);
const keptAtEachEnd = 10;

function problemOf(chain: Chain): PlugoError {
  const problem = chain.describe(textOf(chain), chain.names[0] ?? "");
  chains.set(problem, chain);
  return problem;
}

function lengthened(chain: Chain, name: string): Chain {
  const names = [name, ...chain.names];
  if (names.length <= 2 * keptAtEachEnd) return { ...chain, names };
  names.splice(keptAtEachEnd, 1);
  return { ...chain, names, omitted: chain.omitted + 1 };
}

function textOf({ names, omitted, end }: Chain): string {
  const links: string[] = [];
  for (let at = 0; at < names.length - 1; at += 1) {
    const isGap = omitted > 0 && at === keptAtEachEnd - 1;
    links.push(isGap ? `… ${omitted + 1} more …` : `${names[at]} needs ${names[at + 1]}`);
  }
  return `${links.join(", ")}${end}`;
}
