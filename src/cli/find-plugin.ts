import { nearestName } from "../kernel/nearest-name.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import type { ListJson, PluginJson } from "./json-shapes.ts";

/** The plugin of a name that was given to a command. @throws PlugoError `PLUGO_UNKNOWN_PLUGIN`. */
export function findPlugin({ plugins }: ListJson, name: string, command: string): PluginJson {
  const found = plugins.find((plugin) => plugin.name === name);
  if (found !== undefined) return found;
  const nearest = nearestName(
    name,
    plugins.map((plugin) => plugin.name),
  );
  throw plugoError("PLUGO_UNKNOWN_PLUGIN", { name, where: `plugo ${command}`, nearest }, { plugin: name });
}

/** The plugins that cannot run without `name`, directly or not, in plan order. */
export function neededBy({ plugins }: ListJson, name: string): readonly string[] {
  const needing = new Set([name]);
  for (const needed of needing) {
    for (const plugin of plugins) if (plugin.dependencies.includes(needed)) needing.add(plugin.name);
  }
  needing.delete(name);
  return plugins.map((plugin) => plugin.name).filter((other) => needing.has(other));
}
