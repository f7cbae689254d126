import type { Logger } from "../kernel/logger.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import type { Generation } from "./generation.ts";
import { scopeInternals, type AnyConfig, type InternalScope, type ScopeInternals } from "./plugin-scope.ts";

/**
 * The `PluginScope` that a plugin gets: a thin view of its generation. The functions are made when they are read, so
 * that authors may take them out by destructuring and a plugin that uses none pays for none.
 */
export class GenerationScope implements InternalScope {
  readonly #generation: Generation;

  constructor(generation: Generation) {
    this.#generation = generation;
  }

  get name(): string {
    return this.#generation.name;
  }

  get version(): string {
    return this.#generation.entry.manifest?.version ?? "0.0.0";
  }

  get path(): string {
    const { target } = this.#generation.entry.selected;
    return target?.kind === "folder" ? target.plugin.path : this.#generation.entryFile;
  }

  get metadata(): Readonly<Record<string, unknown>> {
    return this.#generation.entry.manifest?.metadata ?? {};
  }

  get config(): AnyConfig {
    return this.#generation.entry.config;
  }

  get generation(): number {
    return this.#generation.number;
  }

  get logger(): Logger {
    return this.#generation.logger;
  }

  get live(): boolean {
    return this.#generation.isLive;
  }

  get draining(): AbortSignal {
    return this.#generation.draining;
  }

  get signal(): AbortSignal {
    return this.#generation.signal;
  }

  get defer(): InternalScope["defer"] {
    const generation = this.#generation;
    return (undo, label = undo.name === "" ? "an undo" : `the undo ${undo.name}`) => generation.defer(undo, label);
  }

  get use(): InternalScope["use"] {
    const generation = this.#generation;
    return (disposable) => {
      const label = `the disposable ${nameOfClass(disposable)}`;
      if (Symbol.asyncDispose in disposable) generation.defer(() => disposable[Symbol.asyncDispose](), label);
      else generation.defer(() => disposable[Symbol.dispose](), label);
      return disposable;
    };
  }

  get dependency(): InternalScope["dependency"] {
    const generation = this.#generation;
    return <Api>(name: string): Api => {
      const declared = generation.entry.manifest?.dependencies.some((dependency) => dependency.name === name);
      if (declared !== true) {
        const facts = { name: generation.name, dependency: name };
        throw plugoError("PLUGO_NOT_DECLARED", facts, { plugin: generation.name });
      }
      return generation.dependencies.get(name)?.api as Api;
    };
  }

  get beforeSwap(): InternalScope["beforeSwap"] {
    const generation = this.#generation;
    return (prepare) => generation.beforeSwap(prepare);
  }

  get hold(): InternalScope["hold"] {
    const generation = this.#generation;
    return () => generation.hold();
  }

  /** @internal */
  get [scopeInternals](): ScopeInternals {
    const generation = this.#generation;
    return {
      host: generation.services.internals,
      position: generation.position,
      swapOnlyWith: (name) => void generation.swapOnlyWith(name),
    };
  }
}

/** What was made without a prototype has no constructor. */
function nameOfClass(value: object): string {
  const { constructor } = value as { readonly constructor?: { readonly name?: unknown } };
  return typeof constructor?.name === "string" ? constructor.name : "Object";
}
