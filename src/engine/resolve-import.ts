import { isBuiltin } from "node:module";
import { dirname, isAbsolute, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { NapiResolveOptions, ResolverFactory } from "oxc-resolver";
import { lazyRequire } from "../kernel/lazy-require.ts";
import { importConditions, requireConditions } from "./conditions.ts";
import type { ProjectSettings } from "./tsconfig.ts";

/** What an import's specifier means on disk, before it is asked who owns the file. */
export type ResolvedImport =
  | { readonly kind: "file"; readonly path: string }
  /** For Node.js to resolve: a package, a builtin, or a URL. */
  | { readonly kind: "native" }
  | { readonly kind: "missing"; readonly detail: string };

const oxc = lazyRequire<typeof import("oxc-resolver")>("oxc-resolver");
const native: ResolvedImport = { kind: "native" };

const options: NapiResolveOptions = {
  tsconfig: "auto",
  builtinModules: true,
  mainFields: ["main"],
  extensions: [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".node"],
  // A file that is there wins, as in Node.js; else its source does.
  extensionAlias: {
    ".js": [".js", ".ts", ".tsx", ".jsx"],
    ".jsx": [".jsx", ".tsx"],
    ".mjs": [".mjs", ".mts"],
    ".cjs": [".cjs", ".cts"],
  },
};

/** Resolves what plugin files import: with TypeScript's aliases, without extensions, by `paths` and `#imports`. */
export class ImportResolver {
  readonly #project: (folder: string) => ProjectSettings;
  #import: ResolverFactory | undefined;
  #require: ResolverFactory | undefined;

  constructor(project: (folder: string) => ProjectSettings) {
    this.#project = project;
  }

  /** Forgets what was, and what was not, on disk. */
  refresh(): void {
    this.#import?.clearCache();
    this.#require?.clearCache();
  }

  /** @param importer The importing file. */
  resolve(specifier: string, importer: string, mode: "import" | "require"): ResolvedImport {
    if (isBuiltin(specifier)) return native;
    if (isPathLike(specifier)) return this.#file(specifier, importer, mode);
    if (specifier.startsWith("#")) return this.#file(specifier, importer, mode);
    if (!this.#isAlias(specifier, importer)) return native;
    const aliased = this.#file(specifier, importer, mode);
    return aliased.kind === "missing" ? native : aliased;
  }

  /** What `import.meta.resolve` gives. Throws `ERR_MODULE_NOT_FOUND` for a package that is not there. */
  resolveUrl(specifier: string, importer: string): string {
    if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
    const { path, builtin } = this.#resolver("import").resolveFileSync(importer, asRequest(specifier));
    if (builtin !== undefined) return builtin.resolved;
    if (path !== undefined) return pathToFileURL(path).href;
    // As in Node.js, a file's address is given whether or not it is there.
    if (isPathLike(specifier)) return new URL(specifier, pathToFileURL(importer)).href;
    if (URL.canParse(specifier)) return new URL(specifier).href;
    const error = new Error(`Cannot find package '${specifier}' imported from ${importer}`);
    throw Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" });
  }

  #file(specifier: string, importer: string, mode: "import" | "require"): ResolvedImport {
    const request = asRequest(specifier);
    const { path, builtin, error } = this.#resolver(mode).resolveFileSync(importer, request);
    if (builtin !== undefined) return native;
    if (path === undefined) return { kind: "missing", detail: error ?? "" };
    if (!isPathLike(specifier) && path.includes(`${sep}node_modules${sep}`)) return native;
    return { kind: "file", path: withoutQuery(path, request) };
  }

  #isAlias(specifier: string, importer: string): boolean {
    if (specifier.includes(":")) return false;
    const { aliases, baseUrl } = this.#project(dirname(importer));
    return baseUrl || aliases.some((pattern) => matches(pattern, specifier));
  }

  #resolver(mode: "import" | "require"): ResolverFactory {
    this.#import ??= new (oxc().ResolverFactory)({ ...options, conditionNames: importConditions() });
    if (mode === "import") return this.#import;
    return (this.#require ??= this.#import.cloneWithOptions({ ...options, conditionNames: requireConditions() }));
  }
}

/** Whether a specifier names a file by its place: relative, absolute, or a `file:` URL. */
export function isPathLike(specifier: string): boolean {
  return /^\.{1,2}(?:[/\\]|$)/.test(specifier) || specifier.startsWith("file:") || isAbsolute(specifier);
}

function asRequest(specifier: string): string {
  if (specifier === "." || specifier === "..") return `${specifier}/`;
  if (!specifier.startsWith("file:")) return specifier;
  try {
    return fileURLToPath(specifier);
  } catch {
    return specifier;
  }
}

/** Node.js loads a file once for each query; within a generation there is one. */
function withoutQuery(path: string, request: string): string {
  const query = /[?#].*$/.exec(request)?.[0];
  return query !== undefined && path.endsWith(query) ? path.slice(0, -query.length) : path;
}

function matches(pattern: string, specifier: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === specifier;
  return (
    specifier.length >= pattern.length - 1 &&
    specifier.startsWith(pattern.slice(0, star)) &&
    specifier.endsWith(pattern.slice(star + 1))
  );
}
