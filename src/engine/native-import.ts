import { createRequire, isBuiltin } from "node:module";
import { pathToFileURL } from "node:url";
import { vm } from "../kernel/lazy-require.ts";
import { createNamespace, defineValue, type Namespace } from "./exports-object.ts";
import { ImportedFiles } from "./imported-files.ts";
import { withoutExperimentalWarning } from "./without-experimental-warning.ts";

type Importer = (specifier: string, options?: ImportCallOptions) => Promise<Namespace>;

/** Node's own `import()`, from the folder of any file. */
export class NativeImports {
  readonly #importers = new Map<string, Importer>();
  readonly #builtins = new Map<string, Namespace>();
  readonly #files = new ImportedFiles();

  /** Forgets the importers; their number is that of the files that were imported from. */
  refresh(): void {
    this.#importers.clear();
  }

  /**
   * Imports a package or builtin as the file `importer` would, which need not be there. A value, not a promise, for a builtin that was imported
   * before. Rejects with Node's own error.
   */
  bare(specifier: string, importer: string, options?: ImportCallOptions): Namespace | Promise<Namespace> {
    if (!isBuiltin(specifier)) return this.#importer(importer)(specifier, options ?? attributesFor(specifier));
    const known = this.#builtins.get(specifier);
    if (known !== undefined) return known;
    return (import(specifier) as Promise<Namespace>).then((namespace) => {
      this.#builtins.set(specifier, namespace);
      return namespace;
    });
  }

  /** Imports a file as it is; JSON and addons through `require`, which shares them with the host. */
  file(path: string, options?: ImportCallOptions): Namespace | Promise<Namespace> {
    this.note(path);
    if (path.endsWith(".json") || path.endsWith(".node")) return asNamespace(createRequire(path)(path));
    return import(pathToFileURL(path).href, options) as Promise<Namespace>;
  }

  /** Takes note that Node.js loads a file, whichever way. */
  note(path: string): void {
    this.#files.add(path);
  }

  /** The imported files whose content has changed since; each change is told once. */
  changedSinceImport(): readonly string[] {
    return this.#files.changed();
  }

  #importer(file: string): Importer {
    let importer = this.#importers.get(file);
    if (importer === undefined) {
      importer = compileImporter(file);
      this.#importers.set(file, importer);
    }
    return importer;
  }
}

/** Code that Node.js takes for the file `filename`, so that it resolves packages from there. */
function compileImporter(filename: string): Importer {
  const { compileFunction, constants } = vm();
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const code = "return (specifier, options) => import(specifier, options)";
  const importer = (compileFunction(code, [], { filename, importModuleDynamically }) as () => Importer)();
  return (specifier, options) =>
    withoutExperimentalWarning("vm.USE_MAIN_CONTEXT_DEFAULT_LOADER", () => importer(specifier, options));
}

/** TypeScript and bundlers ask for no attribute when JSON is imported; Node.js does. */
function attributesFor(specifier: string): ImportCallOptions | undefined {
  return specifier.endsWith(".json") ? { with: { type: "json" } } : undefined;
}

/** What Node.js makes of a value that was not written as an ES module. */
export function asNamespace(value: unknown): Namespace {
  const namespace = createNamespace();
  defineValue(namespace, "default", value);
  return namespace;
}
