import type { CompiledFile } from "./compiled-file.ts";
import type { Engine, EngineOptions, LoadedModules, LoadRequest } from "./engine.ts";
import { FileCompiler } from "./file-compiler.ts";
import type { EngineServices } from "./generation-context.ts";
import { ModuleGraph } from "./module-graph.ts";
import { NativeImports } from "./native-import.ts";
import { ImportResolver } from "./resolve-import.ts";
import { type FindOriginal, findOriginals } from "./source-map.ts";
import { mapStackFrames } from "./stack-map.ts";
import { type RecordKey, TransformCache } from "./transform-cache.ts";

const maxSourceMaps = 16;

/**
 * The default engine: evaluates plugin files itself, one module graph per generation, so that an old generation can be
 * collected. Packages, builtins and host files stay Node's.
 */
export function createRunnerEngine(options: EngineOptions): Engine {
  return new RunnerEngine(options);
}

class RunnerEngine implements Engine {
  readonly #cache: TransformCache;
  readonly #services: EngineServices;
  /** The key of what was last loaded from each path: content hash and variant. */
  readonly #loaded = new Map<string, RecordKey>();

  readonly #originals = new Map<string, RecordKey & { readonly find: FindOriginal }>();

  constructor(options: EngineOptions) {
    this.#cache = new TransformCache(options);
    const compiler = new FileCompiler(this.#cache);
    this.#services = {
      compiler,
      resolver: new ImportResolver((folder) => compiler.project(folder)),
      native: new NativeImports(),
      mapStack: (error, modules) => this.mapStack(error, modules),
      importedLate: (file) => this.#rememberFile(file),
    };
  }

  load(request: LoadRequest): LoadedModules | Promise<LoadedModules> {
    const modules = new ModuleGraph(request, this.#services).start();
    return modules instanceof Promise ? modules.then((loaded) => this.#remember(loaded)) : this.#remember(modules);
  }

  changedFiles(modules: LoadedModules): readonly string[] {
    if (!(modules instanceof ModuleGraph)) return [...modules.files.keys()];
    const changed: string[] = [];
    for (const file of modules.compiledFiles()) if (!this.#services.compiler.isCurrent(file)) changed.push(file.path);
    // Resolving costs more than reading; what is made anew is resolved anew.
    return changed.length > 0 ? changed : modules.otherTargets();
  }

  refresh(): void {
    this.#services.compiler.refresh();
    this.#services.resolver.refresh();
    this.#services.native.refresh();
  }

  flush(): void {
    this.#originals.clear();
    this.#cache.flush(this.#loaded.values());
  }

  changedSinceImport(): readonly string[] {
    return this.#services.native.changedSinceImport();
  }

  mapStack(error: unknown, modules?: LoadedModules): string {
    return mapStackFrames(error, (path) => this.#originalsOf(path, modules));
  }

  #remember(modules: ModuleGraph): ModuleGraph {
    for (const file of modules.compiledFiles()) this.#rememberFile(file);
    return modules;
  }

  #rememberFile({ path, hash, variant }: CompiledFile): void {
    this.#loaded.set(path, { hash, variant });
  }

  #originalsOf(path: string, modules: LoadedModules | undefined): FindOriginal | undefined {
    const file = (modules instanceof ModuleGraph ? modules.compiledFile(path) : undefined) ?? this.#loaded.get(path);
    if (file === undefined) return undefined;
    const known = this.#originals.get(path);
    if (known?.hash === file.hash && known.variant === file.variant) return known.find;
    const record = this.#services.compiler.recordOf(path, file.hash, file.variant);
    if (record?.mapsJson === undefined) return undefined;
    const find = findOriginals(record.mapsJson);
    // Errors come in series; the maps of a few files are enough.
    if (this.#originals.size >= maxSourceMaps) this.#originals.clear();
    this.#originals.set(path, { hash: file.hash, variant: file.variant, find });
    return find;
  }
}
