/** The part of a source map that differs from file to file. */
export interface RawMap {
  readonly mappings: string;
  readonly names: readonly string[];
}
