import { isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { listedPlugins } from "../sources/plugin-list.ts";
import { readConfig } from "../sources/read-config.ts";
import { enabledPlugins } from "../sources/read-environment-variables.ts";
import { scanDirectories } from "../sources/scan-directories.ts";
import { selectPlugins } from "../sources/select-plugins.ts";
import type { DirectoryScan, Selection, Wish } from "../sources/source.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** Everything that a host reads, as it was at one moment. */
export interface HostInputs {
  readonly scan: DirectoryScan;
  readonly config: readonly Wish[] | undefined;
  readonly selection: Selection;
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
  options: ResolvedOptions,
  runtimeWishes: Iterable<Wish>,
  previous: HostInputs | undefined,
  isTouched: (name: string) => boolean,
): HostInputs {
  const problems: PlugoError[] = [];
  const orBefore = <T>(read: () => T, before: T | undefined): T => {
    try {
      return read();
    } catch (error) {
      if (previous === undefined || !isPlugoError(error)) throw error;
      problems.push(error);
      return before as T;
    }
  };
  const scan = orBefore(() => scanDirectories(options.directories, previous?.scan, isTouched), previous?.scan);
  const { configFile } = options;
  const config = configFile === undefined ? undefined : orBefore(() => readConfig(configFile), previous?.config);
  const list = listedPlugins(options.plugins);
  const selection = selectPlugins({
    scan,
    config,
    env: enabledPlugins(options.env),
    list: list.wishes,
    runtime: [...runtimeWishes],
  });
  return { scan, config, selection, problems: [...problems, ...list.problems] };
}
