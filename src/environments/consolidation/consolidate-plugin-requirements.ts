import type { PlugoError } from "../../kernel/plugo-error.ts";
import type { ConsolidateOptions } from "./consolidate-options.ts";
import type { DependencyConflict } from "./requirement.ts";

/** What was written. Frozen. */
export interface ConsolidatedRequirements {
  /** What each package came to, by its name. Paths are relative to the folder of `outputFile`. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** The same for packages that every plugin which wants them can do without. */
  readonly optionalDependencies: Readonly<Record<string, string>>;
  /** The packages that no version meets all who want it, sorted; those that `strategy` has settled, too. */
  readonly conflicts: readonly DependencyConflict[];
  /** The file or folder, an absolute path. */
  readonly outputFile: string;
}

/** The error `PLUGO_CONSOLIDATE_CONFLICT`. */
export type ConsolidationConflictError = PlugoError & {
  /** What the plugins want, and where each says so. */
  readonly conflicts: readonly DependencyConflict[];
};

/**
 * Writes what the loaded plugins need of npm packages, for a deployment that installs just that. Ranges are merged to
 * those that every plugin accepts, for any number of plugins. Everything is sorted, without dates, addresses of
 * registries or absolute paths, and written in one step; what is the same already is left alone.
 *
 * | `format` | `outputFile` is | Good for |
 * |---|---|---|
 * | `package-json` | a `package.json` with `dependencies`, `optionalDependencies`, and `plugo.sources`: who wants what | reading, comparing, other tools |
 * | `workspaces` | a folder to copy over the application's own: its `package.json` without `devDependencies`, a `package.json` for each plugin that needs packages, and one `package-lock.json` | `npm ci --omit=dev` in an image |
 * | `list` | lines `name@range`, which do not tell what is optional | `npm install`, by hand |
 * | `cyclonedx` | the bill of materials of what `workspaces` installs, as a folder `package-plugins` beside it has it | audits |
 *
 * `workspaces` gives the application what its own lockfile says, at the top, so that plugins find the packages that they
 * take from it; what a plugin needs otherwise is in `node_modules` of the plugin's own folder. The application is the
 * nearest `package.json` above the (first) plugin directory, and none of its files is changed. Earlier output keeps its versions
 * as far as they fit. It and `cyclonedx` run npm and ask the registry, with the application's `.npmrc`; nothing is
 * installed, and no install script runs. Of npm's lockfiles only `package-lock.json` is heeded, and workspaces that the
 * application itself has are not part of it.
 *
 * | `strategy` | When no version of a package meets all |
 * |---|---|
 * | `error` | nothing is written |
 * | `nest` | each plugin gets its own: in `workspaces` a version each, in `package-json` under `plugo.nested`, in `list` a line each |
 * | `highest` | the range whose lowest version is the highest wins, narrowed by what others accept of it; a warning names each plugin that gets another version than it wants. What is no range (a tag, a path, an address) has no order, and is an error |
 *
 * Left out are `devDependencies`; `overrides`, with a warning; and what comes from the application: `peerDependencies`,
 * whose ranges are checked when the plugin is loaded and appear nowhere here, and `plugo.sharedDependencies` of its
 * `package.json`. A plugin without a `package.json` needs nothing. A name that no directory has is a warning, as it may
 * be a module of the application; with the host itself it is none.
 *
 * @throws PlugoError `PLUGO_CONSOLIDATE_CONFLICT` (a {@link ConsolidationConflictError}, with `conflicts`),
 * `PLUGO_MANIFEST_INVALID` for every `package.json` that is not valid, `PLUGO_CONSOLIDATE_UNWRITABLE`,
 * `PLUGO_CONSOLIDATE_OUTSIDE` when a plugin or a `file:` dependency is outside the application, `PLUGO_INSTALLER_MISSING`
 * and `PLUGO_INSTALL_…` with what npm says, `PLUGO_DIRECTORY_UNREADABLE`, `PLUGO_OPTION_INVALID`, `PLUGO_OPTION_UNKNOWN`.
 * @example
 * ```ts
 * const host = await loadPlugins({ pluginDirectory: "plugins" });
 * await consolidatePluginRequirements({ pluginDirectory: "plugins", loadedPlugins: host.loaded });
 * ```
 */
export async function consolidatePluginRequirements(options: ConsolidateOptions): Promise<ConsolidatedRequirements> {
  // Most applications that import plugo do not call it.
  const { consolidateApplication } = await import("./consolidate-application.ts");
  return consolidateApplication(options);
}
