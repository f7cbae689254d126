import { displayPath } from "../kernel/display-path.ts";
import { util } from "../kernel/lazy-require.ts";
import { isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { listedPlugins, type ListedPlugins } from "../sources/plugin-list.ts";
import { readConfig, type Config } from "../sources/read-config.ts";
import { enabledPlugins } from "../sources/read-environment-variables.ts";
import { isScanCurrent, scanDirectories } from "../sources/scan-directories.ts";
import { selectPlugins } from "../sources/select-plugins.ts";
import type { DirectoryScan, Selection, Wish } from "../sources/source.ts";
import type { Touch } from "./change-request.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** Everything that a host reads, as it was at one moment. */
export interface HostInputs {
  readonly scan: DirectoryScan;
  readonly config: Config | undefined;
  readonly list: ListedPlugins;
  /** Whether `scan` is an earlier one, because the directories cannot be read now. */
  readonly isScanStale: boolean;
  /** What could not be read, so that what was read before still counts; and what the list says wrongly. */
  readonly problems: readonly PlugoError[];
}

/**
 * Reads all sources.
 *
 * @param previous What was read before: what is untouched is taken over, and so is what cannot be read any more; when
 * nothing differs, it is returned as it is.
 * Without it, what cannot be read throws: `PLUGO_DIRECTORY_UNREADABLE`, `PLUGO_CONFIG_UNREADABLE`,
 * `PLUGO_CONFIG_INVALID`.
 */
export function readInputs(
  { directories, configFile, plugins }: ResolvedOptions,
  previous: HostInputs | undefined,
  { isTouched, only }: Touch,
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
  const scan = orPrevious(() => {
    const isKnown = only !== undefined && previous?.problems.length === 0;
    if (isKnown && isScanCurrent(previous.scan, directories, only)) return previous.scan;
    return scanDirectories(directories, previous?.scan, isTouched);
  }, previous?.scan);
  const isScanStale = problems.length > 0;
  const before = previous?.config;
  const config = configFile === undefined ? undefined : orPrevious(() => readConfig(configFile, before), before);
  const list = listedPlugins(plugins);
  const isSame = scan === previous?.scan && config === before && isSameList(list, previous.list);
  if (isSame && problems.length + previous.problems.length === 0) return previous;
  return { scan, config, list, isScanStale, problems: [...problems, ...list.problems] };
}

function isSameList(list: ListedPlugins, other: ListedPlugins): boolean {
  return list.problems.length + other.problems.length === 0 && util().isDeepStrictEqual(list.wishes, other.wishes);
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
  scan.plugins.forEach((plugin, name) => {
    if (plugin.hints.length === 0 || previous?.scan.plugins.get(name) === plugin) return;
    hints.push(...plugin.hints.map((hint) => `[${name}] ${hint}`));
  });
  return hints;
}
