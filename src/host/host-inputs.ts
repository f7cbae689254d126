import { displayPath } from "../kernel/display-path.ts";
import { isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { listedPlugins, type ListedPlugins } from "../sources/plugin-list.ts";
import { readConfig, type Config } from "../sources/read-config.ts";
import { enabledPlugins } from "../sources/read-environment-variables.ts";
import { scanDirectories } from "../sources/scan-directories.ts";
import { selectPlugins } from "../sources/select-plugins.ts";
import type { DirectoryScan, Selection, Wish } from "../sources/source.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** Everything that a host reads, as it was at one moment. */
export interface HostInputs {
  readonly scan: DirectoryScan;
  readonly config: Pick<Config, "wishes" | "hints"> | undefined;
  readonly list: ListedPlugins;
  /** What could not be read, so that what was read before still counts; and what the list says wrongly. */
  readonly problems: readonly PlugoError[];
}

/**
 * Reads all sources.
 *
 * @param previous What was read before: what is untouched is taken over, and so is what cannot be read any more.
 * Without it, what cannot be read throws: `PLUGO_DIRECTORY_UNREADABLE`, `PLUGO_CONFIG_UNREADABLE`,
 * `PLUGO_CONFIG_INVALID`.
 */
export function readInputs(
  { directories, configFile, plugins }: ResolvedOptions,
  previous: HostInputs | undefined,
  isTouched: (name: string) => boolean,
): HostInputs {
  const problems: PlugoError[] = [];
  const orPrevious = <T>(read: () => T, last: T | undefined): T => {
    try {
      return read();
    } catch (error) {
      if (previous === undefined || !isPlugoError(error)) throw error;
      problems.push(error);
      return last as T;
    }
  };
  const scan = orPrevious(() => scanDirectories(directories, previous?.scan, isTouched), previous?.scan);
  const config = configFile === undefined ? undefined : orPrevious(() => readConfig(configFile), previous?.config);
  const list = listedPlugins(plugins);
  return { scan, config, list, problems: [...problems, ...list.problems] };
}

/** What a selection is made from, beside what was read. */
export interface SelectionContext {
  readonly runtimeWishes: Iterable<Wish>;
  /** The manifest that the generation in service was made from. */
  readonly lastManifest: (name: string) => Manifest | undefined;
}

/** Which plugins are wanted by all sources together. */
export function selectFrom(inputs: HostInputs, options: ResolvedOptions, context: SelectionContext): Selection {
  const { configFile, env } = options;
  return selectPlugins({
    scan: inputs.scan,
    config: inputs.config?.wishes,
    env: enabledPlugins(env),
    list: inputs.list.wishes,
    runtime: [...context.runtimeWishes],
    configFile: configFile === undefined ? undefined : displayPath(configFile),
    lastManifest: context.lastManifest,
  });
}

/** What is worth a remark and has not been remarked on with the inputs before. */
export function newHints({ scan, config }: HostInputs, previous: HostInputs | undefined): readonly string[] {
  const hints: string[] = [];
  const known = new Set([...(previous?.scan.hints ?? []), ...(previous?.config?.hints ?? [])]);
  for (const hint of [...scan.hints, ...(config?.hints ?? [])]) if (!known.has(hint)) hints.push(hint);
  for (const plugin of scan.plugins.values()) {
    if (plugin.hints.length === 0 || previous?.scan.plugins.get(plugin.name) === plugin) continue;
    hints.push(...plugin.hints.map((hint) => `[${plugin.name}] ${hint}`));
  }
  return hints;
}
