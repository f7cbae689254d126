import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isPluginName, shortName } from "../manifest/plugin-name.ts";
import { canBeModule } from "./module-name.ts";
import type { SelectionInput } from "./selection-input.ts";
import { isSkippedName } from "./skipped-name.ts";
import type { DirectoryScan, ModuleTarget, Wish } from "./source.ts";

/** What the sources say about one name. */
export interface Named {
  readonly name: string;
  /** The wish of the highest source. */
  readonly deciding: Wish;
  /** The config's wish for it, whoever decides. */
  readonly configWish: Wish | undefined;
  /** What to import when no directory has a plugin of this name. */
  readonly module: ModuleTarget | undefined;
  /** The config says both; it matters when the config decides. */
  readonly contradiction: PlugoError | undefined;
}

/**
 * Every name that a source mentions, in the order in which independent plugins start: the config's; then the
 * directory's plugins by name; then PLUGINS; then what only ENABLED_PLUGINS or run time name. Names that no plugin can
 * have are left out and added to `problems`.
 */
export function gatherWishes(input: SelectionInput, problems: PlugoError[]): readonly Named[] {
  const { scan } = input;
  const config = firstOfEach(input.config ?? []);
  const list = decidingOfList(input.list);
  const env = firstOfEach(input.env);
  const runtime = new Map(input.runtime.map((wish) => [wish.name, wish]));
  const contradictions = findContradictions(input.config ?? []);

  const added = [...env.values(), ...runtime.values()];
  const ofDirectory = input.config === undefined ? directoryWishes(scan) : [];
  const addedOfDirectory = added.filter((wish) => scan.plugins.has(wish.name) && !list.has(wish.name));
  const byName =
    addedOfDirectory.length === 0 ? ofDirectory : [...ofDirectory, ...addedOfDirectory].toSorted(compareNames);

  const named: Named[] = [];
  const seen = new Set<string>();
  [...config.values(), ...byName, ...list.values(), ...added].forEach((wish) => {
    const { name } = wish;
    if (seen.has(name)) return;
    seen.add(name);
    const deciding = runtime.get(name) ?? list.get(name) ?? env.get(name) ?? config.get(name) ?? wish;
    const module = list.get(name)?.module ?? (env.has(name) ? moduleNamed(name) : undefined);
    // Only ENABLED_PLUGINS may hold paths and package names. A folder of such a name has its problem already.
    if (!scan.plugins.has(name) && !isPluginName(name) && (module?.exportName !== null || config.has(name))) {
      problems.push(plugoError("PLUGO_NAME_INVALID", { name: shortName(name), where: deciding.where }));
      return;
    }
    const contradiction = contradictions.get(name);
    named.push({ name, deciding, configWish: config.get(name), module, contradiction });
  });
  return named;
}

function firstOfEach(wishes: readonly Wish[]): ReadonlyMap<string, Wish> {
  const first = new Map<string, Wish>();
  for (const wish of wishes) if (!first.has(wish.name)) first.set(wish.name, wish);
  return first;
}

function decidingOfList(wishes: readonly Wish[]): ReadonlyMap<string, Wish> {
  const deciding = new Map<string, Wish>();
  for (const wish of wishes) {
    const other = deciding.get(wish.name);
    if (other === undefined || (other.enabled && !wish.enabled)) deciding.set(wish.name, wish);
  }
  return deciding;
}

function findContradictions(wishes: readonly Wish[]): ReadonlyMap<string, PlugoError> {
  const enabled = firstOfEach(wishes.filter((wish) => wish.enabled));
  const disabled = firstOfEach(wishes.filter((wish) => !wish.enabled));
  const contradictions = new Map<string, PlugoError>();
  for (const [name, { where: enabledAt }] of enabled) {
    const disabledAt = disabled.get(name)?.where;
    if (disabledAt === undefined) continue;
    const facts = { name: shortName(name), enabledAt, disabledAt };
    contradictions.set(name, plugoError("PLUGO_CONFIG_CONTRADICTION", facts, { plugin: shortName(name) }));
  }
  return contradictions;
}

/** Sorted by name, as the plugins are. */
function directoryWishes(scan: DirectoryScan): readonly Wish[] {
  const wishes: Wish[] = [];
  scan.plugins.forEach(({ path }, name) => {
    if (isSkippedName(name)) return;
    wishes.push({
      name,
      enabled: true,
      source: "directory",
      reason: "in the plugin directory",
      where: path,
      config: undefined,
      module: undefined,
    });
  });
  return wishes;
}

/** By code unit: the same on every machine, whatever its language. */
function compareNames(a: Wish, b: Wish): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function moduleNamed(name: string): ModuleTarget | undefined {
  return canBeModule(name) ? Object.freeze({ modulePath: name, exportName: null }) : undefined;
}
