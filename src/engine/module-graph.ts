import { basename } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown, isPlugoError, plugoError } from "../kernel/plugo-error.ts";
import { CommonJsModules } from "./commonjs.ts";
import { type CompiledFile, flag } from "./compiled-file.ts";
import type { FileOwners, LoadRequest, ModuleAnchor, OwnedTimers } from "./engine.ts";
import type { DynamicImport } from "./evaluate.ts";
import { planEvaluation } from "./evaluation-plan.ts";
import { executeModule, type ModuleContext, suspendModule } from "./execute-module.ts";
import { explainLoadError } from "./explain-load-error.ts";
import { defineValue, type Namespace } from "./exports-object.ts";
import { parseJson } from "./file-compiler.ts";
import type { EngineServices, ImportableModules } from "./generation-context.ts";
import { findMissingName } from "./import-check.ts";
import { type LinkSteps, linkModules } from "./link-modules.ts";
import { loadExternal, loadModule } from "./load-external.ts";
import { type Cycle, createRecord, type ExternalModule, type ModuleRecord, type Target } from "./module-record.ts";
import { resolveTarget } from "./resolve-target.ts";
import { type PlanSteps, runPlan } from "./run-plan.ts";
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
export class ModuleGraph implements ImportableModules, ModuleContext, LinkSteps, PlanSteps {
  readonly services: EngineServices;
  readonly plugin: string;
  readonly folder: string;
  readonly environment: string | null;
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
    this.environment = request.environment;
    this.owners = request.owners;
    this.dependency = request.dependency;
    this.declares = request.declares;
    this.#createTimers = request.timers;
    // The request itself is not kept: it leads to every generation before this one.
    if (request.previous instanceof ModuleGraph) {
      if (request.restore) this.#frozen = request.previous.#freeze();
      else this.#previous = request.previous;
    }
    this.#entry = createRecord(this.#compileEntry(request.entry, request.entryText));
  }

  get namespace(): Namespace {
    return this.#entry.namespace;
  }

  get files(): ReadonlyMap<string, string> {
    const files = new Map([[this.#entry.file.path, this.#entry.file.hash]]);
    if (this.#others !== undefined) for (const [path, { file }] of this.#others) files.set(path, file.hash);
    return files;
  }

  anchors(): readonly ModuleAnchor[] {
    const anchors: ModuleAnchor[] = [...(this.#commonJs?.anchors() ?? [])];
    for (const { file, namespace } of [this.#entry, ...(this.#others?.values() ?? [])]) {
      if (file.kind === "esm") anchors.push({ object: namespace, path: file.path, text: file.text });
    }
    return anchors;
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
        void executeModule(this.#entry, this);
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
      return namespace.then(loaded, (error: unknown) => this.#fail(error));
    } catch (error) {
      this.#previous = undefined;
      return this.#fail(error);
    }
  }

  import(path: string): Namespace | Promise<Namespace> {
    if (this.#running !== undefined) return this.#running.then(() => this.import(path));
    const record = linkModules(path, this);
    if (record.state === "linked") {
      const running = runPlan(planEvaluation(record), this);
      if (running !== undefined) {
        this.#running = this.#afterwards(running);
        return running.then(() => settled(record));
      }
    }
    return settled(record);
  }

  async #afterwards(running: Promise<void>): Promise<void> {
    try {
      await running;
    } catch {
      // For the one who asked; others go on.
    }
    this.#running = undefined;
  }

  /** The files that this generation has its own copy of. */
  *compiledFiles(): Generator<CompiledFile> {
    yield this.#entry.file;
    if (this.#others !== undefined) for (const { file } of this.#others.values()) yield file;
  }

  /** The files that its imports would lead to now, and did not lead to when they were resolved. */
  otherTargets(): readonly string[] {
    const others: string[] = [];
    const { resolver } = this.services;
    for (const { file, targets } of [this.#entry, ...(this.#others?.values() ?? [])]) {
      for (const [key, target] of targets ?? []) {
        if (!("path" in target)) continue;
        const isRequired = key.startsWith(requirePrefix);
        const specifier = isRequired ? key.slice(requirePrefix.length) : key;
        const resolved = resolver.resolve(specifier, file.path, isRequired ? "require" : "import");
        if (resolved.kind === "file" && resolved.path !== target.path) others.push(resolved.path);
      }
    }
    return others;
  }

  /** The compiled file that this generation has at a path. */
  compiledFile(path: string): CompiledFile | undefined {
    return this.find(path)?.file;
  }

  load(module: ExternalModule): Promise<void> | undefined {
    return loadModule(module, this);
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

  add(path: string): ModuleRecord {
    const record = createRecord(this.#compile(path));
    (this.#others ??= new Map()).set(path, record);
    return record;
  }

  remove(path: string): void {
    this.#others?.delete(path);
  }

  target(importer: ModuleRecord, specifier: string, mode: "import" | "require"): Target {
    const { path } = importer.file;
    const key = mode === "import" ? specifier : requirePrefix + specifier;
    let target = importer.targets?.get(key) ?? this.#frozen?.get(path)?.targets?.get(key);
    target ??= resolveTarget(specifier, path, mode, this);
    (importer.targets ??= new Map()).set(key, target);
    return target;
  }

  find(path: string): ModuleRecord | undefined {
    return path === this.#entry.file.path ? this.#entry : this.#others?.get(path);
  }

  #compileEntry(path: string, text: string | undefined): CompiledFile {
    try {
      return this.#compile(path, text);
    } catch (cause) {
      if (isPlugoError(cause)) throw cause;
      // Found a moment ago, and gone or closed since.
      const facts = {
        folder: displayPath(this.folder),
        looked: `readable ${basename(path)}`,
        hint: describeThrown(cause),
      };
      throw plugoError("PLUGO_ENTRY_MISSING", facts, { plugin: this.plugin, cause });
    }
  }

  #compile(path: string, text?: string): CompiledFile {
    const frozen = this.#frozen?.get(path);
    if (frozen !== undefined) return frozen.file;
    const file = this.services.compiler.compile(path, this.plugin, this.#previous?.compiledFile(path), text);
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
      await Promise.resolve();
      const name = String(specifier);
      const target = this.target(importer, name, "import");
      if (target.kind === "own") return this.import(target.path);
      return loadExternal({ specifier: name, importer: importer.file.path, target, options }, this);
    };
  }

  #commonJsModules(): CommonJsModules {
    return (this.#commonJs ??= new CommonJsModules({
      context: this,
      record: (path) => linkModules(path, this),
      target: (importer, specifier) => this.target(importer, specifier, "require"),
      dynamicImport: (importer) => this.dynamicImport(importer),
    }));
  }

  #fail(error: unknown): never {
    const records = [this.#entry, ...(this.#others?.values() ?? [])];
    throw explainLoadError(error, records, this);
  }
}

/** Keeps what a specifier means to `require` apart from what it means to `import`. */
const requirePrefix = "require ";

/** The module's namespace when it, or the cycle that it is in, has been evaluated. */
function settled(record: ModuleRecord): Namespace | Promise<Namespace> {
  const awaited = record.cycle?.root ?? record;
  if (awaited.pending !== undefined) return awaited.pending.then(() => settled(record));
  if (awaited.state === "failed") throw awaited.error;
  if (record.state === "failed") throw record.error;
  return record.namespace;
}
