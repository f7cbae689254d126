import { readFileSync, statSync } from "node:fs";
import { contentHash } from "../kernel/content-hash.ts";

interface State {
  readonly mtimeMs: number;
  readonly size: number;
  readonly hash: string;
}

/** The files of the application, and addons, that Node.js imported for plugins, as they were then. */
export class ImportedFiles {
  readonly #files = new Map<string, { readonly imported: State; seen: State }>();

  /** Takes note of a file that is about to be imported, unless it has been. */
  add(path: string): void {
    if (this.#files.has(path) || /[\\/]node_modules[\\/]/.test(path)) return;
    const state = stateOf(path, undefined);
    if (state !== undefined) this.#files.set(path, { imported: state, seen: state });
  }

  /** Those whose content is not what was imported; each change is told once. One that is not there now is left out. */
  changed(): string[] {
    const changed: string[] = [];
    for (const [path, file] of this.#files) {
      const now = stateOf(path, file.seen);
      if (now === undefined || now.hash === file.seen.hash) continue;
      file.seen = now;
      if (now.hash !== file.imported.hash) changed.push(path);
    }
    return changed;
  }
}

/** The file is read only when its time or size differ from what they were. */
function stateOf(path: string, before: State | undefined): State | undefined {
  try {
    const { mtimeMs, size } = statSync(path);
    if (before?.mtimeMs === mtimeMs && before.size === size) return before;
    return { mtimeMs, size, hash: contentHash(readFileSync(path, "latin1")) };
  } catch {
    return undefined;
  }
}
