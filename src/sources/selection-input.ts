import type { Manifest } from "../manifest/manifest.ts";
import type { DirectoryScan, Wish } from "./source.ts";

/** What every source says; the wishes of each in its own order. */
export interface SelectionInput {
  readonly scan: DirectoryScan;
  /** `undefined` without a config: then every plugin of the directories is wanted. */
  readonly config: readonly Wish[] | undefined;
  readonly env: readonly Wish[];
  readonly list: readonly Wish[];
  /** Of several wishes for one name the last counts. */
  readonly runtime: readonly Wish[];
  /** What reasons call the config; `the config` when it is left out. */
  readonly configFile?: string | undefined;
  /**
   * The manifest that a generation in service was made from. What it depends on stays pulled in, whatever the metadata
   * on disk says, so that the generation in service keeps what it stands on.
   */
  readonly lastManifest?: ((name: string) => Manifest | undefined) | undefined;
}
