/**
 * One file, ready to be evaluated: what every generation with the same content shares. It holds no state of any
 * generation.
 */
export interface CompiledFile {
  readonly path: string;
  /** The hash of the file's content. */
  readonly hash: string;
  /** What else the compiled text depends on: language, package type, settings. */
  readonly variant: string;
  readonly kind: "esm" | "commonjs" | "json";
  /** A sum of {@link flag}s. */
  readonly flags: number;
  /** The file's {@link FileLinks} as JSON; read them with {@link parseLinks}, most files never need them. */
  readonly linksJson: string;
  /** The very string that is evaluated (V8 keeps it as long as the code lives); a JSON file's text. */
  readonly text: string;
}

/** What a compiled file needs when it is evaluated. */
export const flag = {
  /** `await` at the top level. */
  async: 1,
  timers: 2,
  importMeta: 4,
  dynamicImport: 8,
  /** Has static imports. */
  imports: 16,
  /** Imported names may be types only (decorator metadata), so a missing one is no error. */
  uncheckedNames: 32,
  /** The default export is an expression, whose name is to be "default". */
  defaultExpression: 64,
  /** Standard decorators, lowered by esbuild. */
  lowered: 128,
  /** Has exports that are read anew at each use, since they may change. */
  liveExports: 256,
} as const;

/** What an ES module imports and exports. */
export interface FileLinks {
  readonly imports: readonly ImportLink[];
  readonly exports: readonly ExportLink[];
  /** Where in the transformed code the body begins, behind the exports and imports. */
  readonly bodyAt: number;
}

export interface ImportLink {
  readonly specifier: string;
  /** The names that are imported one by one. */
  readonly names: readonly string[];
  /** Whether it is an `export * from`. */
  readonly star: boolean;
}

export interface ExportLink {
  readonly name: string;
  /** The import that it passes on, by its index. */
  readonly from?: number;
  /** The name there; absent for a whole namespace. */
  readonly imported?: string;
}

/** Reads what the file imports and exports. */
export function parseLinks(file: CompiledFile): FileLinks {
  return JSON.parse(file.linksJson) as FileLinks;
}
