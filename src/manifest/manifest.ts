/** A plugin that another one needs. */
export interface Dependency {
  /** The folder name of the plugin that is needed. */
  readonly name: string;
  /** A semver range, or `null` when any version will do. */
  readonly range: string | null;
  /** An optional dependency orders when it is present and never blocks. */
  readonly optional: boolean;
}

/** The validated content of a plugin's `metadata.json`: every field is there, every shorthand is resolved. */
export interface Manifest {
  /** The plugin's name: its folder's name. */
  readonly name: string;
  /** The path of the `metadata.json`; for a module that stands for a plugin, the module's path. */
  readonly file: string;
  readonly displayName: string;
  /** A semver version; `0.0.0` when the file has none. */
  readonly version: string;
  /** A semver range that the application's version must meet, or `null`. */
  readonly coreVersion: string | null;
  /** Required ones first, then optional ones, each in the order they are written. */
  readonly dependencies: readonly Dependency[];
  /** The entry file relative to the plugin's folder, or `null` for the first `plugin.*`. */
  readonly entry: string | null;
  readonly reload: "swap" | "restart";
  readonly routePrefix: string | null;
  /** Milliseconds; `null` for the host's `initTimeoutMs`, 0 for no limit. */
  readonly initTimeoutMs: number | null;
  /** The JSON Schema of this plugin's config, or `null`. */
  readonly configSchema: Readonly<Record<string, unknown>> | null;
  /** Globs inside the plugin's folder whose change reloads it. */
  readonly watch: readonly string[];
  /** The file's content as it is written, frozen. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The file's text: a manifest with other text is another one. */
  readonly text: string;
}
