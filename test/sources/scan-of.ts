import type { Manifest } from "#src/manifest/manifest.js";
import { resolveManifest } from "#src/manifest/resolve-manifest.js";
import type { DirectoryScan, FoundPlugin, Wish } from "#src/sources/source.js";

/** A scan of `/plugins` with these plugins, made without a disk. */
export function scanOf(plugins: Readonly<Record<string, object>>, otherFolders: readonly string[] = []): DirectoryScan {
  const names = Object.keys(plugins).toSorted();
  return {
    plugins: new Map(names.map((name) => [name, foundPlugin(name, plugins[name] ?? {})])),
    beside: [],
    otherFolders: new Map(otherFolders.map((name) => [name, `/plugins/${name}`])),
    problems: [],
    hints: [],
  };
}

export function manifestOf(name: string, metadata: object): Manifest {
  const origin = { name, file: `/plugins/${name}/metadata.json`, text: JSON.stringify(metadata) };
  return resolveManifest(metadata, origin, []);
}

/** Wishes of a config file, one a line from the third. */
export function configWishes(...entries: readonly (readonly [name: string, enabled: boolean])[]): readonly Wish[] {
  return entries.map(([name, enabled], index) => ({
    name,
    enabled,
    source: "config",
    reason: `${enabled ? "enabled" : "disabled"} in plugins_config.json`,
    where: `plugins_config.json:${index + 3}:5`,
    config: undefined,
    module: undefined,
  }));
}

export function runtimeWish(name: string, enabled: boolean): Wish {
  const reason = `${enabled ? "enabled" : "disabled"} at run time`;
  return { name, enabled, source: "runtime", reason, where: "host.enable", config: undefined, module: undefined };
}

function foundPlugin(name: string, metadata: object): FoundPlugin {
  const manifest = metadata instanceof Error ? (metadata as never) : manifestOf(name, metadata);
  const path = `/plugins/${name}`;
  return { name, path, realPath: path, manifest, hints: [] };
}
