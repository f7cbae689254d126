import type { PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";

/** Where a wish comes from; `dependency` is a plugin that another one pulled in. */
export type Source = "directory" | "config" | "env" | "list" | "runtime" | "dependency";

/** A folder of a plugin directory that has a `metadata.json`. */
export interface FoundPlugin {
  /** The folder's name, exactly as the directory lists it. */
  readonly name: string;
  /** The folder's absolute path inside its plugin directory. */
  readonly path: string;
  /** The same with symbolic links resolved. */
  readonly realPath: string;
  /** The validated manifest, or why there is none. */
  readonly manifest: Manifest | PlugoError;
  /** Things worth saying at `debug`: unknown fields. */
  readonly hints: readonly string[];
}

/** What the plugin directories hold. */
export interface DirectoryScan {
  /** Sorted by name. */
  readonly plugins: ReadonlyMap<string, FoundPlugin>;
  /** Folders without a `metadata.json`, by name: no plugins, unless a source names them. */
  readonly otherFolders: ReadonlyMap<string, string>;
  /** What lies in the directories beside the plugins, folders and files, as paths. */
  readonly beside: readonly string[];
  readonly problems: readonly PlugoError[];
  readonly hints: readonly string[];
}

/** One source's wish for one plugin. */
export interface Wish {
  readonly name: string;
  readonly enabled: boolean;
  readonly source: Source;
  /** Why, as part of a sentence: `enabled in plugins_config.json`. */
  readonly reason: string;
  /** Where to change it: `plugins_config.json:4:7`, `ENABLED_PLUGINS`, `PLUGINS[0]`. */
  readonly where: string;
  /** The plugin's config, as it is written. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** What to import when no directory has a plugin of this name. */
  readonly module: ModuleTarget | undefined;
}

/** A module that stands for a plugin. */
export interface ModuleTarget {
  /** A package name, an absolute path, a `file:` URL, or a path relative to the working directory. */
  readonly modulePath: string;
  /** The export to use; `null` for a module that exports `initPlugin` itself. */
  readonly exportName: string | null;
}

/** What one plugin name came to. */
export interface Selected {
  readonly name: string;
  readonly wanted: boolean;
  readonly source: Source;
  readonly reason: string;
  readonly where: string;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** Where `config` is written; `where` tells who decides, which need not be the config. */
  readonly configWhere?: string | undefined;
  /** The folder or module it is loaded from; `undefined` when nothing provides it, or it is not wanted and unknown. */
  readonly target:
    | { readonly kind: "folder"; readonly plugin: FoundPlugin }
    | { readonly kind: "module"; readonly module: ModuleTarget }
    | undefined;
  /** Why it cannot run, when that is known before the plan is made. */
  readonly problem: PlugoError | null;
}

/** Which plugins are wanted, each with the source and the reason. Disabled ones are in it with `wanted: false`. */
export interface Selection {
  /** In the order in which independent plugins are activated. */
  readonly plugins: ReadonlyMap<string, Selected>;
  /** What is wrong but about no plugin that could run: names that nothing provides, contradictions, bad names. */
  readonly problems: readonly PlugoError[];
}
