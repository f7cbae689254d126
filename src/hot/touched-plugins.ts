import { basename, sep } from "node:path";
import { isWithin } from "../kernel/is-within.ts";

/** What decides which plugins a path has to do with. */
export interface WatchedPlugins {
  /** The plugin directories, absolute, each as it is given and with its links resolved. */
  readonly directories: readonly string[];
  /** The application's `package.json`, of each directory. */
  readonly packages: readonly string[];
  /** The names of the plugins with a folder at each real path: those whose folder is a link. */
  readonly linked: ReadonlyMap<string, readonly string[]>;
  readonly isPlugin: (name: string) => boolean;
  /** The plugins whose running generation has its own copy of a file, or of one whose place it may take. */
  readonly usersOf: (file: string) => Iterable<string>;
  /** The plugins whose latest attempt failed: a file beside the plugins may mend them. */
  readonly failed: () => Iterable<string>;
}

/**
 * The plugins that a change of these paths may concern; `undefined` when it may be all of them. Nothing is said about
 * whether anything has changed: content decides that.
 */
export function touchedPlugins(paths: Iterable<string>, plugins: WatchedPlugins): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const path of paths) {
    if (plugins.packages.includes(path)) for (const failed of plugins.failed()) names.add(failed);
    for (const [realPath, linked] of plugins.linked) {
      if (isWithin(path, realPath)) for (const name of linked) names.add(name);
    }
    for (const directory of plugins.directories) {
      if (isWithin(directory, path)) return undefined;
      if (!isWithin(path, directory)) continue;
      const [name = ""] = path.slice(directory.length + 1).split(sep);
      names.add(name);
      if (plugins.isPlugin(name)) continue;
      if (isSettings(basename(path))) return undefined;
      for (const user of plugins.usersOf(path)) names.add(user);
      for (const failed of plugins.failed()) names.add(failed);
    }
  }
  return names;
}

/** Beside the plugins, these say how the files of all of them are transformed. */
function isSettings(name: string): boolean {
  return name === "package.json" || /^tsconfig.*\.json$/.test(name);
}
