import { displayPath } from "../kernel/display-path.ts";
import { isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";
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

/** What a reading starts from. */
export interface InputsBefore {
  /** What was read before: what is untouched is taken over, and so is what cannot be read any more. */
  readonly previous: HostInputs | undefined;
  readonly runtimeWishes: Iterable<Wish>;
  /** The manifest that the generation in service was made from. */
  readonly lastManifest: (name: string) => Manifest | undefined;
}

/**
 * Reads all sources. Without a reading before, what cannot be read throws: `PLUGO_DIRECTORY_UNREADABLE`, `PLUGO_CONFIG_UNREADABLE`,
 * `PLUGO_CONFIG_INVALID`.
 */
export function readInputs(
  options: ResolvedOptions,
  before: InputsBefore,
  isTouched: (name: string) => boolean,
): HostInputs {
  const { previous } = before;
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
  const scan = orPrevious(() => scanDirectories(options.directories, previous?.scan, isTouched), previous?.scan);
  const { configFile } = options;
  const config = configFile === undefined ? undefined : orPrevious(() => readConfig(configFile), previous?.config);
  const list = listedPlugins(options.plugins);
  const selection = selectPlugins({
    scan,
    config,
    env: enabledPlugins(options.env),
    list: list.wishes,
    runtime: [...before.runtimeWishes],
    configFile: configFile === undefined ? undefined : displayPath(configFile),
    lastManifest: before.lastManifest,
  });
  return { scan, config, selection, problems: [...problems, ...list.problems] };
}
