import { basename } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown, isPlugoError, plugoError } from "../kernel/plugo-error.ts";
import { CommonJsModules } from "./commonjs.ts";
import { type CompiledFile, flag } from "./compiled-file.ts";
import type { FileOwners, LoadRequest, OwnedTimers } from "./engine.ts";
import type { DynamicImport } from "./evaluate.ts";
import { planEvaluation } from "./evaluation-plan.ts";
import { executeModule, type ModuleContext, suspendModule } from "./execute-module.ts";
import { defineValue, type Namespace } from "./exports-object.ts";
import { parseJson } from "./file-compiler.ts";
import type { EngineServices, ImportableModules } from "./generation-context.ts";
import { findMissingName } from "./import-check.ts";
import { explainFailure, loadExternal } from "./load-external.ts";
import { type Cycle, createRecord, type ExternalModule, linksOf, type ModuleRecord, type Target } from "./module-record.ts";
import { resolveTarget } from "./resolve-target.ts";
import { type PlanSteps, runPlan } from "./run-plan.ts";
import { authorFrames } from "./stack-map.ts";
import { defineStarExports } from "./star-exports.ts";

/** A file as an earlier generation had it. */
interface FrozenFile {
  readonly file: CompiledFile;
  readonly targets: ReadonlyMap<string, Target> | undefined;
}

/**
 * The modules of one generation of one plugin. Nothing but the plugin's own code and the host holds it: without them it
 * is collected with all its modules.
 */
export class ModuleGraph implements ImportableModules, ModuleContext, PlanSteps {
  readonly services: EngineServices;
  readonly plugin: string;
  readonly folder: string;
  readonly owners: FileOwners;
  readonly dependency: LoadRequest["dependency"];
  readonly declares: LoadRequest["declares"];
  readonly #createTimers: () => OwnedTimers;
  readonly #entry: ModuleRecord;
  /** All files but the entry, by their paths. */
  #others: Map<string, ModuleRecord> | undefined;
  /** While it loads: where to find unchanged files. */
  #previous: ModuleGraph | undefined;
  #frozen: ReadonlyMap<string, FrozenFile> | undefined;
  #timers: OwnedTimers | undefined;
  #commonJs: CommonJsModules | undefined;
  #isLoaded = false;
  /** Settles when the plan that is being run has begun its last module. */
  #running: Promise<void> | undefined;

  /** Reads the entry; {@link start} evaluates it. */
  constructor(request: LoadRequest, services: EngineServices) {
    this.services = services;
    this.plugin = request.plugin;
    this.folder = request.folder;
    this.owners = request.owners;
    this.dependency = request.dependency;
    this.declares = request.declares;
    this.#createTimers = request.timers;
    // The request itself is not kept: it leads to every generation before this one.
    if (request.previous instanceof ModuleGraph) {
      if (request.restore) this.#frozen = request.previous.#freeze();
      else this.#previous = request.previous;
    }
    this.#entry = createRecord(this.#compileEntry(request.entry));
  }

  get namespace(): Namespace {
    return this.#entry.namespace;
  }

  get files(): ReadonlyMap<string, string> {
    const files = new Map([[this.#entry.file.path, this.#entry.file.hash]]);
    if (this.#others !== undefined) for (const [path, { file }] of this.#others) files.set(path, file.hash);
    return files;
  }

  timers(): OwnedTimers {
    return (this.#timers ??= this.#createTimers());
  }

  /** Evaluates the entry and what it imports. Throws, or rejects with, a `PlugoError`. */
  start(): this | Promise<this> {
    const { file } = this.#entry;
    try {
      if (file.kind === "esm" && (file.flags & (flag.imports | flag.async)) === 0) {
        // Most plugins: one file that has nothing to wait for.
        this.#previous = undefined;
        executeModule(this.#entry, this);
        this.#entry.state = "done";
        this.#isLoaded = true;
        return this;
      }
      const namespace = this.import(file.path);
      this.#previous = undefined;
      const loaded = (): this => {
        this.#isLoaded = true;
        return this;
      };
      if (!(namespace instanceof Promise)) return loaded();
      return namespace.then(
        loaded,
        (error: unknown) => {
          throw this.#loadError(error);
        },
      );
    } catch (error) {
      this.#previous = undefined;
      throw this.#loadError(error);
    }
  }

  import(path: string): Namespace | Promise<Namespace> {
    if (this.#running !== undefined) return this.#running.then(() => this.import(path));
    const record = this.#link(path);
    if (record.state === "linked") {
      const running = runPlan(planEvaluation(record), this);
      if (running !== undefined) {
        const done = (): void => {
          this.#running = undefined;
        };
        this.#running = running.then(done, done);
        return running.then(() => settled(record));
      }
    }
    return settled(record);
  }

  /** Whether `test` holds for each file that this generation has its own copy of. */
  everyFile(test: (file: CompiledFile) => boolean): boolean {
    if (!test(this.#entry.file)) return false;
    if (this.#others !== undefined) for (const { file } of this.#others.values()) if (!test(file)) return false;
    return true;
  }

  /** The compiled file that this generation has at a path. */
  compiledFile(path: string): CompiledFile | undefined {
    return this.#find(path)?.file;
  }

  load(module: ExternalModule): Promise<void> | undefined {
    const { specifier, target } = module;
    const external = { specifier, target, importer: module.importer.file.path };
    const fail = (error: unknown): never => {
      throw explainFailure(external, error, this.plugin);
    };
    try {
      const namespace = loadExternal(external, this);
      if (namespace instanceof Promise) {
        return namespace.then((loaded) => {
          module.namespace = loaded;
        }, fail);
      }
      module.namespace = namespace;
      return undefined;
    } catch (error) {
      return fail(error);
    }
  }

  suspend(cycle: Cycle): void {
    cycle.bodies = new Map();
    for (const member of cycle.members) defineStarExports(member);
    for (const member of cycle.members) {
      cycle.bodies.set(member, suspendModule(member, this));
    }
  }

  execute(record: ModuleRecord): Promise<unknown> | undefined {
    const { file, namespace } = record;
    switch (file.kind) {
      case "json":
        defineValue(namespace, "default", parseJson(file, this.plugin));
        return undefined;
      case "commonjs":
        this.#commonJsModules().fill(record);
        return undefined;
      case "esm":
        if ((file.flags & flag.imports) !== 0) {
          defineStarExports(record);
          const missing = findMissingName(record, this.plugin);
          if (missing !== undefined) throw missing;
        }
        return executeModule(record, this);
    }
  }

  /** Links a file and all that it imports; what fails leaves nothing behind. */
  #link(path: string): ModuleRecord {
    const added: ModuleRecord[] = [];
    try {
      const record = this.#record(path, added);
      if (record.state === "new" && !added.includes(record)) added.push(record);
      // Grows while it is walked.
      for (const next of added) {
        if (next.state !== "new") continue;
        next.imports = linksOf(next).imports.map(({ specifier }) => this.#imported(next, specifier, added));
        next.state = "linked";
      }
      // Where a name is passed on, the file that passes it on is to blame: it comes after those that import it.
      for (const next of added.toReversed()) {
        const missing = (next.file.flags & flag.imports) === 0 ? undefined : findMissingName(next, this.plugin);
        if (missing !== undefined) throw missing;
      }
      return record;
    } catch (error) {
      for (const { file } of added) this.#others?.delete(file.path);
      throw error;
    }
  }

  #imported(importer: ModuleRecord, specifier: string, added: ModuleRecord[]): ModuleRecord | ExternalModule {
    const target = this.#target(importer, specifier, "import");
    if (target.kind === "own") return this.#record(target.path, added);
    return { external: true, importer, specifier, target, namespace: undefined };
  }

  #target(importer: ModuleRecord, specifier: string, mode: "import" | "require"): Target {
    const { path } = importer.file;
    const key = mode === "import" ? specifier : `require ${specifier}`;
    let target = importer.targets?.get(key) ?? this.#frozen?.get(path)?.targets?.get(key);
    target ??= resolveTarget(specifier, path, mode, this);
    (importer.targets ??= new Map()).set(key, target);
    return target;
  }

  #record(path: string, added: ModuleRecord[]): ModuleRecord {
    const known = this.#find(path);
    if (known !== undefined) return known;
    const record = createRecord(this.#compile(path));
    (this.#others ??= new Map()).set(path, record);
    added.push(record);
    return record;
  }

  #find(path: string): ModuleRecord | undefined {
    return path === this.#entry.file.path ? this.#entry : this.#others?.get(path);
  }

  #compileEntry(path: string): CompiledFile {
    try {
      return this.#compile(path);
    } catch (cause) {
      if (isPlugoError(cause)) throw cause;
      // Found a moment ago, and gone or closed since.
      const facts = { folder: displayPath(this.folder), looked: `readable ${basename(path)}`, hint: describeThrown(cause) };
      throw plugoError("PLUGO_ENTRY_MISSING", facts, { plugin: this.plugin, cause });
    }
  }

  #compile(path: string): CompiledFile {
    const frozen = this.#frozen?.get(path);
    if (frozen !== undefined) return frozen.file;
    const file = this.services.compiler.compile(path, this.plugin, this.#previous?.compiledFile(path));
    if (this.#isLoaded) this.services.importedLate(file);
    return file;
  }

  #freeze(): ReadonlyMap<string, FrozenFile> {
    const frozen = new Map(this.#frozen);
    for (const record of [this.#entry, ...(this.#others?.values() ?? [])]) {
      frozen.set(record.file.path, { file: record.file, targets: record.targets });
    }
    return frozen;
  }

  dynamicImport(importer: ModuleRecord): DynamicImport {
    return async (specifier, options) => {
      // Never within the evaluation that asks for it.
      await undefined;
      const name = String(specifier);
      const target = this.#target(importer, name, "import");
      if (target.kind === "own") return await this.import(target.path);
      return await loadExternal({ specifier: name, importer: importer.file.path, target, options }, this);
    };
  }

  #commonJsModules(): CommonJsModules {
    return (this.#commonJs ??= new CommonJsModules({
      context: this,
      record: (path) => this.#link(path),
      target: (importer, specifier) => this.#target(importer, specifier, "require"),
      dynamicImport: (importer) => this.dynamicImport(importer),
    }));
  }

  /** What `load` throws: plugo's own errors as they are, others with the file that threw. */
  #loadError(error: unknown): unknown {
    if (isPlugoError(error)) return error;
    const thrower = [this.#entry, ...(this.#others?.values() ?? [])].findLast(
      (record) => record.state === "failed" && record.error === error,
    );
    const file = displayPath((thrower ?? this.#entry).file.path);
    const stack = authorFrames(this.services.mapStack(error, this));
    return plugoError("PLUGO_EVALUATION", { file, detail: describeThrown(error), stack }, { plugin: this.plugin, cause: error });
  }
}

/** The module's namespace when it, or the cycle that it is in, has been evaluated. */
function settled(record: ModuleRecord): Namespace | Promise<Namespace> {
  const awaited = record.cycle?.root ?? record;
  if (awaited.pending !== undefined) return awaited.pending.then(() => settled(record));
  if (awaited.state === "failed") throw awaited.error;
  if (record.state === "failed") throw record.error;
  return record.namespace;
}
