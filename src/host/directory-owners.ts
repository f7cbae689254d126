import { realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import type { FileOwner, FileOwners } from "../engine/engine.ts";
import type { DirectoryScan } from "../sources/source.ts";

const host: FileOwner = { kind: "host" };
const shared: FileOwner = { kind: "shared" };

/**
 * Who owns which file: a plugin what is in its folder (a linked one counts by its real path); everybody what lies in a
 * plugin directory beside the plugins; the application the rest.
 */
export function directoryOwners(directories: readonly string[], scan: DirectoryScan): FileOwners {
  const roots = new Set(directories.map((directory) => realpathSync(directory)));
  let plugins: Map<string, FileOwner> | undefined;
  return {
    ownerOf(file) {
      // Made on first use: a plugin that imports nothing needs no owners.
      plugins ??= new Map([...scan.plugins].map(([name, { realPath }]) => [realPath, { kind: "plugin", name }]));
      if (file.includes(`${sep}node_modules${sep}`)) return host;
      for (let folder = dirname(file); ; folder = dirname(folder)) {
        const plugin = plugins.get(folder);
        if (plugin !== undefined) return plugin;
        if (roots.has(folder)) return shared;
        if (dirname(folder) === folder) return host;
      }
    },
  };
}
