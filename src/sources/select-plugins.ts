import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Dependency, Manifest } from "../manifest/manifest.ts";
import { gatherWishes, type Named } from "./gather-wishes.ts";
import type { SelectionInput } from "./selection-input.ts";
import { isSkippedName } from "./skipped-name.ts";
import type { DirectoryScan, Selected, Selection } from "./source.ts";
import { unknownPlugin } from "./unknown-plugin.ts";

/**
 * Decides for every name whether it is wanted, from where, and why. Highest first: run time, PLUGINS, ENABLED_PLUGINS,
 * config, directory; dependencies are pulled in, but never against an explicit "disabled".
 *
 * Where several wishes of one source meet, the first entry counts in the config, and in PLUGINS one that switches off.
 * A plugin keeps the `config` of its config entry whoever decides that it is wanted. A contradiction inside the config
 * makes the plugin fail; when a higher source decides, it is only a problem. A folder without a metadata.json that a
 * source or a dependency names is a plugin that failed. Folders whose name starts with `_` count when they are named.
 */
export function selectPlugins(input: SelectionInput): Selection {
  const { scan } = input;
  const problems: PlugoError[] = [...scan.problems];
  const plugins = new Map<string, Selected>();
  const unknown: Selected[] = [];
  gatherWishes(input, problems).forEach((named) => {
    const selected = decide(named, scan);
    if (selected.wanted && selected.target === undefined && selected.problem === null) unknown.push(selected);
    else plugins.set(selected.name, selected);
    if (named.contradiction !== undefined && selected.problem === null) problems.push(named.contradiction);
  });
  pullInDependencies(plugins, input);
  if (input.config !== undefined) addUnmentioned(plugins, input);
  const names = [...plugins.keys()];
  unknown.forEach(({ name, where }, index) => {
    problems.push(unknownPlugin(name, where, index < maxSuggestions ? names : []));
  });
  return Object.freeze({ plugins, problems: Object.freeze(problems) });
}

/** A nearest name is sought among all names: a file full of unknown ones must not make that quadratic. */
const maxSuggestions = 50;

function decide({ name, deciding, configWish, module, contradiction }: Named, scan: DirectoryScan): Selected {
  const failing = deciding.source === "config" ? contradiction : undefined;
  const wanted = deciding.enabled || failing !== undefined;
  const plugin = scan.plugins.get(name);
  let target: Selected["target"];
  let problem: PlugoError | null = failing ?? null;
  if (plugin !== undefined) {
    target = { kind: "folder", plugin };
  } else if (scan.otherFolders.has(name) && module?.exportName == null) {
    // Nearer at hand than a package of the same name, which ENABLED_PLUGINS could mean.
    if (wanted) problem ??= withoutMetadata(name, deciding.where, scan);
  } else if (module !== undefined) {
    target = { kind: "module", module };
  }
  const { source, reason, where } = deciding;
  const { config, where: configWhere } = configWish ?? { config: undefined, where: undefined };
  return Object.freeze({ name, wanted, source, reason, where, config, configWhere, target, problem });
}

function withoutMetadata(name: string, where: string, scan: DirectoryScan): PlugoError {
  const folder = displayPath(scan.otherFolders.get(name) ?? name);
  return plugoError("PLUGO_MANIFEST_MISSING", { folder, where }, { plugin: name });
}

/** Walks on over what it adds: a dependency's dependencies are pulled in as well. */
function pullInDependencies(plugins: Map<string, Selected>, { scan, lastManifest }: SelectionInput): void {
  plugins.forEach((selected) => {
    if (!selected.wanted) return;
    const manifest = readableManifest(selected);
    const last = lastManifest?.(selected.name);
    const now = manifest?.dependencies ?? noDependencies;
    const before = last === manifest ? noDependencies : (last?.dependencies ?? noDependencies);
    if (now.length + before.length === 0) return;
    for (const { name, optional } of [...now, ...before]) {
      if (optional || plugins.has(name)) continue;
      const plugin = scan.plugins.get(name);
      if (plugin === undefined && !scan.otherFolders.has(name)) continue;
      const where = displayPath(manifest?.file ?? last?.file ?? name);
      const pulledIn: Selected = {
        name,
        wanted: true,
        source: "dependency",
        reason: `needed by ${selected.name}`,
        where,
        config: undefined,
        target: plugin === undefined ? undefined : { kind: "folder", plugin },
        problem: plugin === undefined ? withoutMetadata(name, where, scan) : null,
      };
      plugins.set(name, Object.freeze(pulledIn));
    }
  });
}

const noDependencies: readonly Dependency[] = Object.freeze([]);

function readableManifest({ target, problem }: Selected): Manifest | undefined {
  if (problem !== null || target?.kind !== "folder") return undefined;
  const { manifest } = target.plugin;
  return manifest instanceof Error ? undefined : manifest;
}

/** What the directories have and nothing mentions; only a config can leave plugins out. */
function addUnmentioned(plugins: Map<string, Selected>, { scan, configFile = "the config" }: SelectionInput): void {
  for (const plugin of scan.plugins.values()) {
    const { name } = plugin;
    if (plugins.has(name) || isSkippedName(name)) continue;
    const selected: Selected = {
      name,
      wanted: false,
      source: "config",
      reason: `not enabled in ${configFile}`,
      where: configFile,
      config: undefined,
      target: { kind: "folder", plugin },
      problem: null,
    };
    plugins.set(name, Object.freeze(selected));
  }
}
