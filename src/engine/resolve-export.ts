import { type ExternalModule, isExternal, linksOf, type ModuleRecord } from "./module-record.ts";

/** Where an exported name comes from. */
export type ExportOrigin =
  | { readonly module: ModuleRecord | ExternalModule; readonly name: string }
  | "missing"
  /** Two `export *` bring different things of this name: nobody can import it. */
  | "ambiguous"
  /** It hangs on a module that has not been loaded yet. */
  | "unknown";

type Seen = readonly { readonly module: ModuleRecord; readonly name: string }[];

/** The name that stands for a module's whole namespace. */
const whole = "*namespace*";

/** Finds where `name` comes from when it is imported from `module`, as the language prescribes. */
export function resolveExport(module: ModuleRecord | ExternalModule, name: string, seen: Seen = []): ExportOrigin {
  if (isExternal(module)) {
    if (module.namespace === undefined) return "unknown";
    return name in module.namespace ? { module, name } : "missing";
  }
  if (module.file.kind !== "esm") return resolveValue(module, name);
  if (seen.some((earlier) => earlier.module === module && earlier.name === name)) return "missing";
  const path = [...seen, { module, name }];

  const { exports, imports } = linksOf(module);
  const own = exports.find((link) => link.name === name);
  if (own !== undefined) {
    const source = own.from === undefined ? undefined : module.imports[own.from];
    if (source === undefined) return { module, name };
    if (own.imported === undefined) return { module: source, name: whole };
    const origin = resolveExport(source, own.imported, path);
    return origin === "unknown" ? { module: source, name: own.imported } : origin;
  }
  if (name === "default") return "missing";

  let found: ExportOrigin = "missing";
  for (const [index, link] of imports.entries()) {
    const source = link.star ? module.imports[index] : undefined;
    const origin = source === undefined ? "missing" : resolveExport(source, name, path);
    if (origin === "missing") continue;
    if (origin === "ambiguous") return origin;
    if (found === "missing" || found === "unknown") found = origin;
    else if (origin !== "unknown" && (origin.module !== found.module || origin.name !== found.name)) return "ambiguous";
  }
  return found;
}

/** The names that `export *` brings from a module, as far as they are known. */
export function starNames(module: ModuleRecord | ExternalModule, seen: Set<ModuleRecord> = new Set()): Set<string> {
  if (isExternal(module) || module.file.kind !== "esm") {
    return new Set(Object.keys(module.namespace ?? {}).filter((name) => name !== "default"));
  }
  const names = new Set<string>();
  if (seen.has(module)) return names;
  seen.add(module);
  const { exports, imports } = linksOf(module);
  for (const { name } of exports) if (name !== "default") names.add(name);
  for (const [index, { star }] of imports.entries()) {
    const source = star ? module.imports[index] : undefined;
    if (source !== undefined) for (const name of starNames(source, seen)) names.add(name);
  }
  return names;
}

/** A JSON file has a default export only; a CommonJS file's names are known when it has run. */
function resolveValue(module: ModuleRecord, name: string): ExportOrigin {
  if (name === "default") return { module, name };
  if (module.file.kind === "commonjs" && module.state !== "done") return "unknown";
  return name in module.namespace ? { module, name } : "missing";
}
