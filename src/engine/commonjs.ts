import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { plugoError } from "../kernel/plugo-error.ts";
import { flag } from "./compiled-file.ts";
import type { ModuleAnchor } from "./engine.ts";
import type { CommonJsFunction, DynamicImport } from "./evaluate.ts";
import { evaluateFile } from "./execute-module.ts";
import { defineValue } from "./exports-object.ts";
import { parseJson } from "./file-compiler.ts";
import type { GenerationContext } from "./generation-context.ts";
import { findImportSite } from "./import-site.ts";
import type { ModuleRecord, Target } from "./module-record.ts";
import { packageImporter } from "./package-importer.ts";
import { isPathLike } from "./resolve-import.ts";

/** What CommonJS files need of their generation. */
interface CommonJsGraph {
  readonly context: GenerationContext;
  readonly record: (path: string) => ModuleRecord;
  readonly target: (importer: ModuleRecord, specifier: string) => Target;
  readonly dynamicImport: (importer: ModuleRecord) => DynamicImport;
}

interface CommonJsModule {
  readonly id: string;
  readonly path: string;
  readonly filename: string;
  readonly children: CommonJsModule[];
  readonly paths: readonly string[];
  readonly parent: null;
  exports: unknown;
  loaded: boolean;
  require: NodeJS.Require;
}

/** The CommonJS files of one generation, and its `require.cache`. */
export class CommonJsModules {
  readonly #graph: CommonJsGraph;
  readonly #cache: Record<string, CommonJsModule> = Object.create(null) as Record<string, CommonJsModule>;

  constructor(graph: CommonJsGraph) {
    this.#graph = graph;
  }

  /** Runs a file, unless a `require` has, and gives its namespace what ES modules can import. */
  fill({ namespace, file }: ModuleRecord): void {
    const exports = this.#load(file.path);
    defineValue(namespace, "default", exports);
    if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return;
    for (const name of Object.keys(exports)) {
      if (name !== "default") defineValue(namespace, name, (exports as Record<string, unknown>)[name]);
    }
  }

  /** What lives as long as the functions of each file that has run. */
  *anchors(): Generator<ModuleAnchor> {
    for (const [path, object] of Object.entries(this.#cache)) {
      const { file } = this.#graph.record(path);
      if (file.kind === "commonjs") yield { object, path, text: file.text };
    }
  }

  #load(path: string): unknown {
    const known = this.#cache[path];
    if (known !== undefined) return known.exports;
    const record = this.#graph.record(path);
    const require = this.#require(record);
    const module: CommonJsModule = {
      id: path,
      path: dirname(path),
      filename: path,
      children: [],
      paths: require.resolve.paths("x") ?? [],
      parent: null,
      exports: {},
      loaded: false,
      require,
    };
    this.#cache[path] = module;
    try {
      this.#run(record, module);
    } catch (error) {
      delete this.#cache[path];
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  #run(record: ModuleRecord, module: CommonJsModule): void {
    const { context, dynamicImport } = this.#graph;
    const { file } = record;
    if (file.kind === "json") {
      module.exports = parseJson(file, context.plugin);
      return;
    }
    const run = evaluateFile(record, file.text, context) as CommonJsFunction;
    const imports = (file.flags & flag.dynamicImport) === 0 ? undefined : dynamicImport(record);
    run.call(module.exports, module.exports, module.require, module, file.path, dirname(file.path), imports);
  }

  #require(importer: ModuleRecord): NodeJS.Require {
    const { context } = this.#graph;
    const { path } = importer.file;
    const native = createRequire(path);
    const from = (specifier: string): NodeJS.Require =>
      context.environment === null || isBuiltin(specifier)
        ? native
        : createRequire(packageImporter(specifier, path, context));
    const targetOf = (specifier: string): Target =>
      isPathLike(specifier) || specifier.startsWith("#") ? this.#graph.target(importer, specifier) : { kind: "native" };
    const require = (specifier: string): unknown => {
      const target = targetOf(specifier);
      if (target.kind === "own") return this.#requireOwn(target.path, specifier, importer);
      if (target.kind === "host") {
        context.services.native.note(target.path);
        return native(target.path) as unknown;
      }
      if (target.kind === "plugin") throw this.#esmError(specifier, importer);
      return from(specifier)(specifier) as unknown;
    };
    const resolve = (specifier: string, options?: NodeJS.RequireResolveOptions): string => {
      const target = options?.paths === undefined ? targetOf(specifier) : ({ kind: "native" } as const);
      if ("path" in target) return target.path;
      return (options?.paths === undefined ? from(specifier) : native).resolve(specifier, options);
    };
    return Object.assign(require, {
      resolve: Object.assign(resolve, { paths: (request: string) => native.resolve.paths(request) }),
      cache: this.#cache as unknown as NodeJS.Require["cache"],
      main: native.main,
      extensions: native.extensions,
    }) as NodeJS.Require;
  }

  #requireOwn(path: string, specifier: string, importer: ModuleRecord): unknown {
    if (this.#cache[path] === undefined && this.#graph.record(path).file.kind === "esm") {
      throw this.#esmError(specifier, importer);
    }
    return this.#load(path);
  }

  #esmError(specifier: string, importer: ModuleRecord): Error {
    const { plugin } = this.#graph.context;
    return plugoError("PLUGO_REQUIRE_ESM", { specifier, ...findImportSite(importer.file.path, specifier) }, { plugin });
  }
}
