import { join, sep } from "node:path";
import type { Engine, FileOwner, LoadedModules, LoadRequest } from "#src/engine/engine.js";
import { createRunnerEngine } from "#src/engine/runner-engine.js";
import type { PlugoError } from "#src/kernel/plugo-error.js";
import { keepLines, type KeptLines } from "../support/load.ts";
import { createFolder, type Files, type TestFolder } from "../support/plugin-folder.ts";

/** A generation as tests look at it. */
export interface TestModules extends LoadedModules {
  // Tests know what their fixtures export.
  readonly namespace: Readonly<Record<string, any>>;
}

/** An application folder with a plugin directory `plugins`, and an engine that loads from it. */
export interface EngineBench extends Disposable {
  readonly engine: Engine;
  readonly folder: TestFolder;
  readonly logger: KeptLines;
  /** The loaded dependencies, by name, that later loads can import from. */
  readonly dependencies: Map<string, LoadedModules | Promise<LoadedModules>>;
  request(overrides?: Partial<LoadRequest>): LoadRequest;
  /** Loads `plugins/p/plugin.ts`, or what the overrides say. */
  load(overrides?: Partial<LoadRequest>): Promise<TestModules>;
  /** The error that loading ends in. */
  fail(overrides?: Partial<LoadRequest>): Promise<PlugoError>;
}

/** @param files By their path in the application's folder; those of the plugin `p` are in `plugins/p`. */
export function createBench(
  files: Files = {},
  {
    cache = false,
    folder = createFolder({ "package.json": {}, ...files }),
    logger = keepLines(),
  }: { cache?: boolean | string; folder?: TestFolder; logger?: KeptLines } = {},
): EngineBench {
  const cacheFolder = typeof cache === "string" ? cache : cache ? folder.at("cache") : undefined;
  const engine = createRunnerEngine({ cacheFolder, logger });
  const dependencies = new Map<string, LoadedModules | Promise<LoadedModules>>();
  const directory = folder.at("plugins") + sep;
  const bench: EngineBench = {
    engine,
    folder,
    logger,
    dependencies,
    request: (overrides = {}) => ({
      plugin: "p",
      generation: 1,
      folder: join(directory, overrides.plugin ?? "p"),
      environment: null,
      entry: join(directory, overrides.plugin ?? "p", "plugin.ts"),
      owners: { ownerOf: (file) => ownerOf(file, directory) },
      dependency: (name) => dependencies.get(name),
      declares: (name) => dependencies.has(name),
      timers: () => ({ setTimeout, setInterval, setImmediate }),
      previous: undefined,
      restore: false,
      ...overrides,
    }),
    load: async (overrides) => engine.load(bench.request(overrides)),
    async fail(overrides) {
      try {
        await engine.load(bench.request(overrides));
      } catch (error) {
        return error as PlugoError;
      }
      throw new Error("It loads.");
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
  return bench;
}

/** The files of the plugin `p`. */
export function inPlugin(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`plugins/p/${path}`, content]));
}

/** A folder directly in the directory is a plugin, a file there and what lies in `_shared` is shared. */
function ownerOf(file: string, directory: string): FileOwner {
  if (!file.startsWith(directory)) return { kind: "host" };
  const [name = "", ...rest] = file.slice(directory.length).split(sep);
  return rest.length === 0 || name.startsWith("_") ? { kind: "shared" } : { kind: "plugin", name };
}
