import type { Logger } from "../kernel/logger.ts";

/**
 * What turns a plugin's files into running modules. One engine serves one host; it holds what outlives a generation
 * (resolver, transform cache). `load` may be called for many plugins at once.
 */
export interface Engine {
  /**
   * Evaluates a plugin's entry file, and what it imports, as a new generation.
   * Returns a value, not a promise, when nothing in the graph has to wait: 1 000 small plugins then cost no promise.
   * Throws, or rejects with, a `PlugoError`. Nothing has to be disposed: an unreferenced generation is collected.
   */
  load(request: LoadRequest): LoadedModules | Promise<LoadedModules>;

  /**
   * What is not on disk as a generation was made from it: the files with another content, or else those that its imports
   * would lead to now and did not lead to then. Empty when it is current.
   */
  changedFiles(modules: LoadedModules): readonly string[];

  /** Forgets what was remembered about the disk (resolutions, listings, settings). Called before each change. */
  refresh(): void;

  /** Writes the transforms that are new since the last call to the disk cache, and frees what loading alone needs. */
  flush(): void;

  /**
   * The error's stack with the frames of plugin files mapped to their sources. Never throws.
   *
   * @param modules The generation that threw, where it is known; else the one that was loaded last is taken.
   */
  mapStack(error: unknown, modules?: LoadedModules): string;

  /**
   * The files that Node.js itself imported for plugins, once for the whole process, and whose content has changed since:
   * only a restart brings the change in. Each change is told once. Packages are not looked at.
   */
  changedSinceImport(): readonly string[];
}

/** What an engine has to know to load one generation of one plugin. */
export interface LoadRequest {
  readonly plugin: string;
  readonly generation: number;
  /** The plugin's folder, with symbolic links resolved. */
  readonly folder: string;
  /** The folder whose `node_modules` has the plugin's own packages; `null` when it has none of its own. */
  readonly environment: string | null;
  /** The entry file, an absolute path inside `folder`. */
  readonly entry: string;
  /** Its content, when it has been read already. */
  readonly entryText?: string | undefined;
  /** Who owns which file: decides between an own copy, another plugin's generation, and a native import. */
  readonly owners: FileOwners;
  /**
   * The modules of the generation of a declared dependency that this one is activated with (a promise while they load);
   * `undefined` when an optional one is absent.
   */
  readonly dependency: (plugin: string) => LoadedModules | Promise<LoadedModules> | undefined;
  /** Whether the plugin declares this dependency (an optional one too). */
  readonly declares: (plugin: string) => boolean;
  /** The timers that plugin files get in place of the global ones. Called at most once, when a file mentions one. */
  readonly timers: () => OwnedTimers;
  /** A generation whose compiled files are used again where the content is the same. */
  readonly previous: LoadedModules | undefined;
  /** Load exactly the files of `previous`, as they were then, whatever is on disk now. */
  readonly restore: boolean;
}

/** One generation's modules. */
export interface LoadedModules {
  /** The entry's namespace. */
  readonly namespace: Readonly<Record<string, unknown>>;
  /** The files that this generation was made from (own and shared ones), with the hash of their content. */
  readonly files: ReadonlyMap<string, string>;
  /** One object for each module that is evaluated by now; none where the engine cannot tell. */
  anchors(): readonly ModuleAnchor[];
}

/** What lives exactly as long as any function or class of one evaluated module. */
export interface ModuleAnchor {
  readonly object: object;
  /** The module's file. */
  readonly path: string;
  /** The text that was evaluated, which the sources of its functions are parts of. */
  readonly text: string;
}

/** The owner of a file, by its real path. */
export type FileOwner =
  | { readonly kind: "plugin"; readonly name: string }
  /** Inside a plugin directory, in no plugin's folder: each generation has its own copy. */
  | { readonly kind: "shared" }
  /** The application's, or a package's: imported natively. */
  | { readonly kind: "host" };

export interface FileOwners {
  ownerOf(file: string): FileOwner;
}

/** The timer functions that plugin files see as their globals; they belong to the generation's scope. */
export interface OwnedTimers {
  readonly setTimeout: typeof globalThis.setTimeout;
  readonly setInterval: typeof globalThis.setInterval;
  readonly setImmediate: typeof globalThis.setImmediate;
}

export interface EngineOptions {
  /** Where transforms are kept between runs; `undefined` keeps them in memory only. */
  readonly cacheFolder: string | undefined;
  readonly logger: Logger;
}
