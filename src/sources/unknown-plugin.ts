import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { shortName } from "../manifest/plugin-name.ts";

/** A name that nothing provides. `known` are the names it may have been meant to be. */
export function unknownPlugin(name: string, where: string, known: Iterable<string>): PlugoError {
  const facts = { name: shortName(name), where, nearest: nearestName(name, known) };
  return plugoError("PLUGO_UNKNOWN_PLUGIN", facts, { plugin: shortName(name) });
}
