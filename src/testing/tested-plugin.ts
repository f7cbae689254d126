import type { Host } from "../host/host.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import type { Leftovers } from "./leftovers.ts";
import type { LoadedPlugin } from "./loaded-plugin.ts";
import type { StagedFolder } from "./staged-folder.ts";

/** What a plugin under test consists of; it disposes them. */
export interface TestedParts {
  readonly name: string;
  readonly host: Host;
  readonly staged: StagedFolder;
  readonly leftovers: Leftovers;
}

/** The host of one plugin, and what watches over what it leaves. */
export class TestedPlugin<Api> implements LoadedPlugin<Api> {
  readonly name: string;
  readonly #parts: TestedParts;
  readonly #failedUndos: string[] = [];
  #end: Promise<readonly string[]> | undefined;

  constructor(parts: TestedParts) {
    this.name = parts.name;
    this.#parts = parts;
    // Until the host closes, which it reports as well.
    parts.host.on("change", ({ problems }) => {
      for (const { code, plugin, message } of problems) {
        const isFailedUndo = code === "PLUGO_UNDO_FAILED" || code === "PLUGO_UNDO_TIMEOUT";
        if (isFailedUndo && plugin === this.name) this.#failedUndos.push(message);
      }
    });
  }

  get api(): Api {
    return this.#parts.host.get<Api>(this.name);
  }

  readonly reload = async (): Promise<void> => {
    const { host, leftovers } = this.#parts;
    leftovers.note(host.view.generations.get(this.name));
    await leftovers.run(() => host.reload(this.name));
    const problem = host.problemOf(this.name);
    if (problem !== null) throw problem;
  };

  readonly dispose = async (): Promise<void> => {
    if (this.#end !== undefined) return void (await this.#end);
    this.#end = this.#close();
    const left = await this.#end;
    if (left.length > 0) throw plugoError("PLUGO_LEFT_BEHIND", { name: this.name, left }, { plugin: this.name });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #close(): Promise<readonly string[]> {
    const { host, staged, leftovers } = this.#parts;
    try {
      leftovers.note(host.view.generations.get(this.name));
      await host.close();
      return [...this.#failedUndos, ...(await leftovers.find())];
    } finally {
      leftovers[Symbol.dispose]();
      staged[Symbol.dispose]();
    }
  }
}
