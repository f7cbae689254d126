import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { NativeImports } from "../engine/native-import.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import { aboutPlugin, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isPluginName } from "../manifest/plugin-name.ts";
import type { ModuleTarget } from "../sources/source.ts";
import { describeFailure } from "./describe-failure.ts";
import type { Generation } from "./generation.ts";
import type { LoadSources } from "./load-generation.ts";

/** The exports of a module that stands for a plugin. */
export type ModuleNamespace = Readonly<Record<string, unknown>>;

/**
 * Imports a module that stands for a plugin. A package, looked up from the working directory, and a file of the
 * application are imported by Node.js, once; a file in a plugin directory is evaluated anew for each generation.
 */
export async function loadModule(
  generation: Generation,
  { modulePath }: ModuleTarget,
  sources: LoadSources,
): Promise<ModuleNamespace | PlugoError> {
  generation.entryFile = modulePath;
  try {
    const file = fileOf(modulePath);
    if (file === undefined) return await new NativeImports().bare(modulePath, join(process.cwd(), "plugin.js"));
    const { owners } = generation.services;
    const path = realpathSync(file);
    if (owners.ownerOf(path).kind === "host") return (await import(pathToFileURL(path).href)) as ModuleNamespace;
    return await evaluate(generation, path, sources);
  } catch (error) {
    if (isPlugoError(error)) return aboutPlugin(error, generation.name);
    const { where } = generation.entry.selected;
    if (isUnknown(generation, modulePath, error)) return unknownPlugin(generation, error);
    // Node.js names the file it looked from, which is none of the application's.
    const detail = describeFailure(generation, error).detail.replace(/ imported from .*$/, "");
    const facts = { name: generation.name, modulePath, where, detail };
    return plugoError("PLUGO_MODULE_UNLOADABLE", facts, { plugin: generation.name, cause: error });
  }
}

async function evaluate(
  generation: Generation,
  entry: string,
  { previous, restore }: LoadSources,
): Promise<ModuleNamespace> {
  const { engine, owners } = generation.services;
  const folder = dirname(entry);
  const isOwn = (file: string): boolean => file.startsWith(folder + sep);
  generation.entryFile = entry;
  generation.modules = await engine.load({
    plugin: generation.name,
    generation: generation.number,
    folder,
    environment: null,
    entry,
    owners: {
      ownerOf: (file) => (isOwn(file) ? { kind: "plugin", name: generation.name } : owners.ownerOf(file)),
    },
    dependency: () => undefined,
    declares: () => false,
    timers: () => generation.timers(),
    previous,
    restore,
  });
  return generation.modules.namespace;
}

/** Whether a name in `ENABLED_PLUGINS` is neither a plugin's nor a package's, and so most likely a slip. */
function isUnknown({ name, entry }: Generation, modulePath: string, error: unknown): boolean {
  const { target } = entry.selected;
  if (target?.kind !== "module" || target.module.exportName !== null || !isPluginName(name)) return false;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ERR_MODULE_NOT_FOUND" && message.startsWith(`Cannot find package '${modulePath}'`);
}

function unknownPlugin({ name, entry, services }: Generation, cause: unknown): PlugoError {
  const others = [...services.knownNames()].filter((other) => other !== name);
  const facts = { name, where: entry.selected.where, nearest: nearestName(name, others), orPackage: true };
  return plugoError("PLUGO_UNKNOWN_PLUGIN", facts, { plugin: name, cause });
}

/** The file that a module path means; `undefined` for a package name. */
function fileOf(modulePath: string): string | undefined {
  if (modulePath.startsWith("file:")) return fileURLToPath(modulePath);
  return isAbsolute(modulePath) || /^\.{1,2}([\\/]|$)/.test(modulePath) ? resolve(modulePath) : undefined;
}
