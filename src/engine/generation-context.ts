import type { CompiledFile } from "./compiled-file.ts";
import type { FileOwners, LoadedModules, OwnedTimers } from "./engine.ts";
import type { Namespace } from "./exports-object.ts";
import type { FileCompiler } from "./file-compiler.ts";
import type { NativeImports } from "./native-import.ts";
import type { ImportResolver } from "./resolve-import.ts";

/** What one engine's generations share. */
export interface EngineServices {
  readonly compiler: FileCompiler;
  readonly resolver: ImportResolver;
  readonly native: NativeImports;
  /** The stack of an error, mapped with the files of a generation that is not loaded yet. */
  readonly mapStack: (error: unknown, modules: LoadedModules) => string;
  /** Told of a file that a generation compiled after it was loaded. */
  readonly importedLate: (file: CompiledFile) => void;
}

/** What a generation knows of the plugin that it belongs to: a load request without the previous generation. */
export interface GenerationContext {
  readonly services: EngineServices;
  readonly plugin: string;
  readonly folder: string;
  readonly environment: string | null;
  readonly owners: FileOwners;
  readonly dependency: (plugin: string) => LoadedModules | Promise<LoadedModules> | undefined;
  readonly declares: (plugin: string) => boolean;
  timers(): OwnedTimers;
}

/** A generation that other plugins' files can import from. */
export interface ImportableModules extends LoadedModules {
  /** Imports one of its files, by its real path: a value when nothing has to wait. */
  import(path: string): Namespace | Promise<Namespace>;
}

export function isImportable(modules: LoadedModules | undefined): modules is ImportableModules {
  return modules !== undefined && "import" in modules;
}
