import { type CompiledFile, type FileLinks, flag, parseLinks } from "./compiled-file.ts";
import { createConstantNamespace, createNamespace, type Namespace } from "./exports-object.ts";

/** What a specifier means to the generation that imports it. */
export type Target =
  /** A file that this generation has its own copy of. */
  | { readonly kind: "own"; readonly path: string }
  /** A file of another plugin: of the generation that this one is activated with. */
  | { readonly kind: "plugin"; readonly plugin: string; readonly path: string }
  /** A file of the application or of a package, or of a kind that only Node.js loads. */
  | { readonly kind: "host"; readonly path: string }
  | { readonly kind: "native" }
  /** A function that the transformer's output needs, from plugo itself. */
  | { readonly kind: "helper" };

/** A file in one generation. */
export interface ModuleRecord {
  readonly file: CompiledFile;
  readonly namespace: Namespace;
  state: "new" | "linked" | "planned" | "evaluating" | "done" | "failed";
  /** What was thrown, when `failed`. */
  error: unknown;
  /** Settles when an evaluation that has to wait is over; never rejects. */
  pending: Promise<void> | undefined;
  /** What each static import leads to, in their order. */
  imports: readonly (ModuleRecord | ExternalModule)[];
  /** What its specifiers mean; absent while it has used none. */
  targets: Map<string, Target> | undefined;
  links: FileLinks | undefined;
  /** The cycle that it is in; absent when it is in none. */
  cycle: Cycle | undefined;
  /** The CommonJS module object. */
  module: { exports: unknown } | undefined;
}

/** What a generation imports and does not evaluate. */
export interface ExternalModule {
  readonly external: true;
  readonly importer: ModuleRecord;
  readonly specifier: string;
  readonly target: Target;
  namespace: Namespace | undefined;
}

/** Modules that import each other. */
export interface Cycle {
  /** The one that was reached first; who waits for one of them waits for it. */
  readonly root: ModuleRecord;
  readonly members: readonly ModuleRecord[];
  /** The suspended bodies, once they are begun. */
  bodies: Map<ModuleRecord, Generator | AsyncGenerator> | undefined;
}

export function createRecord(file: CompiledFile): ModuleRecord {
  // What is passed on from an import is read by a getter, too.
  const isConstant = file.kind === "esm" && (file.flags & (flag.liveExports | flag.imports)) === 0;
  return {
    file,
    namespace: isConstant ? createConstantNamespace() : createNamespace(),
    state: (file.flags & flag.imports) === 0 ? "linked" : "new",
    error: undefined,
    pending: undefined,
    imports: noImports,
    targets: undefined,
    links: undefined,
    cycle: undefined,
    module: undefined,
  };
}

const noImports: readonly never[] = [];

/** What the module imports and exports. */
export function linksOf(record: ModuleRecord): FileLinks {
  return (record.links ??= parseLinks(record.file));
}

export function isExternal(module: ModuleRecord | ExternalModule): module is ExternalModule {
  return "external" in module;
}
