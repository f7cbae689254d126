import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minVersion } from "semver";
import type { Dependency } from "../manifest/manifest.ts";

/** What is to run beside the plugin under test. */
export interface Staging {
  readonly name: string;
  readonly config: object;
  readonly declared: readonly Dependency[];
  /** The APIs of dependencies, by name. */
  readonly stubs: Readonly<Record<string, unknown>>;
}

/**
 * A temporary folder with what a host needs to run one plugin: a config that wants it alone, and a plugin for each stub,
 * in a version that the plugin accepts. Disposing it removes it.
 */
export class StagedFolder implements Disposable {
  readonly #path = mkdtempSync(join(tmpdir(), "plugo-testing-"));
  readonly #registered: symbol;

  constructor({ name, config, declared, stubs }: Staging) {
    const key = `plugo.testing:${this.#path}`;
    this.#registered = Symbol.for(key);
    // A stub is evaluated like any plugin, and finds its API here.
    Reflect.set(globalThis, this.#registered, stubs);
    mkdirSync(this.stubDirectory);
    for (const stub of Object.keys(stubs)) {
      const range = declared.find((dependency) => dependency.name === stub)?.range ?? null;
      const version = (range === null ? null : minVersion(range))?.version ?? "0.0.0";
      const api = `globalThis[Symbol.for(${JSON.stringify(key)})][${JSON.stringify(stub)}]`;
      this.#write(`stubs/${stub}/metadata.json`, JSON.stringify({ version }));
      this.#write(`stubs/${stub}/plugin.mjs`, `export const initPlugin = () => ${api};\n`);
    }
    const wanted = Object.keys(stubs).map((stub) => ({ name: stub, enabled: true }));
    this.#write("plugins_config.json", JSON.stringify({ plugins: [...wanted, { name, enabled: true, config }] }));
  }

  get stubDirectory(): string {
    return join(this.#path, "stubs");
  }

  get configFile(): string {
    return join(this.#path, "plugins_config.json");
  }

  get cacheFolder(): string {
    return join(this.#path, "cache");
  }

  [Symbol.dispose](): void {
    Reflect.deleteProperty(globalThis, this.#registered);
    rmSync(this.#path, { recursive: true, force: true });
  }

  #write(file: string, text: string): void {
    mkdirSync(join(this.#path, file, ".."), { recursive: true });
    writeFileSync(join(this.#path, file), text);
  }
}
