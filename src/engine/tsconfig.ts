import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, sep } from "node:path";
import type * as JsoncParser from "jsonc-parser";
import { lazyRequire } from "../kernel/lazy-require.ts";
import { defaultSettings, settingsKey, type TransformSettings } from "./transform-settings.ts";

/** The nearest tsconfig.json of a folder, as far as it matters for running files. */
export interface ProjectSettings {
  readonly file: string | undefined;
  readonly settings: TransformSettings;
  /** The settings as a short text; empty for the default. */
  readonly key: string;
  /** The keys of `paths`, and whether a `baseUrl` is set: bare imports may mean files. */
  readonly aliases: readonly string[];
  readonly baseUrl: boolean;
  /** Absolute; `undefined` when not set. */
  readonly outDir: string | undefined;
  readonly rootDir: string | undefined;
}

type CompilerOptions = Readonly<Record<string, unknown>>;

const jsonc = lazyRequire<typeof JsoncParser>("jsonc-parser");
const none: ProjectSettings = {
  file: undefined,
  settings: defaultSettings,
  key: "",
  aliases: [],
  baseUrl: false,
  outDir: undefined,
  rootDir: undefined,
};

/** Finds the settings of folders, and remembers them until it is thrown away. */
export class TsconfigFinder {
  readonly #byFolder = new Map<string, ProjectSettings>();

  /** The settings of the nearest tsconfig.json, in `folder` or above it. */
  find(folder: string): ProjectSettings {
    let settings = this.#byFolder.get(folder);
    if (settings === undefined) {
      const file = `${folder}${sep}tsconfig.json`;
      const parent = dirname(folder);
      if (existsSync(file)) settings = readProject(file);
      else settings = parent === folder ? none : this.find(parent);
      this.#byFolder.set(folder, settings);
    }
    return settings;
  }
}

function readProject(file: string): ProjectSettings {
  const options = readOptions(file, []);
  const settings: TransformSettings = {
    legacyDecorators: options["experimentalDecorators"] === true,
    decoratorMetadata: options["experimentalDecorators"] === true && options["emitDecoratorMetadata"] === true,
    strictNullChecks: bool(options["strictNullChecks"]) ?? bool(options["strict"]) ?? true,
    defineFields: bool(options["useDefineForClassFields"]) ?? definesFieldsByTarget(options["target"]),
    verbatimImports: options["verbatimModuleSyntax"] === true,
    jsx: {
      runtime:
        options["jsx"] === "react" || (options["jsx"] === undefined && "jsxFactory" in options)
          ? "classic"
          : "automatic",
      development: options["jsx"] === "react-jsxdev",
      importSource: text(options["jsxImportSource"]),
      pragma: text(options["jsxFactory"]),
      pragmaFrag: text(options["jsxFragmentFactory"]),
    },
  };
  const paths = options["paths"];
  return {
    file,
    settings,
    key: settingsKey(settings),
    aliases: typeof paths === "object" && paths !== null ? Object.keys(paths) : [],
    baseUrl: typeof options["baseUrl"] === "string",
    outDir: text(options["outDir"]),
    rootDir: text(options["rootDir"]),
  };
}

/** The options of a file and of those it extends; the file's own win. A file that cannot be read has none. */
function readOptions(file: string, seen: readonly string[]): CompilerOptions {
  if (seen.includes(file)) return {};
  let content: unknown;
  try {
    content = jsonc().parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""), [], { allowTrailingComma: true });
  } catch {
    return {};
  }
  if (typeof content !== "object" || content === null) return {};
  const { extends: bases = [], compilerOptions: own = {} } = content as {
    extends?: string | string[];
    compilerOptions?: CompilerOptions;
  };
  const folder = dirname(file);
  const inherited = [bases].flat().map((base) => {
    const found = findBase(base, folder);
    return found === undefined ? {} : readOptions(found, [...seen, file]);
  });
  const absolute: Record<string, unknown> = { ...own };
  for (const name of ["outDir", "rootDir"]) {
    const value = text(own[name]);
    if (value !== undefined) absolute[name] = join(folder, value.replace("${configDir}", "."));
  }
  return Object.assign({}, ...inherited, absolute) as CompilerOptions;
}

function findBase(base: string, folder: string): string | undefined {
  const candidates =
    base.startsWith(".") || isAbsolute(base)
      ? [join(isAbsolute(base) ? "" : folder, base)]
      : [base, `${base}/tsconfig.json`];
  const resolve = createRequire(join(folder, "tsconfig.json")).resolve;
  for (const candidate of candidates.flatMap((path) => [path, `${path}.json`])) {
    try {
      const found = resolve(candidate);
      if (found.endsWith(".json")) return found;
    } catch {
      // The next candidate.
    }
  }
  return undefined;
}

/** TypeScript's own default: class fields are defined from the target ES2022 on. */
function definesFieldsByTarget(target: unknown): boolean {
  if (typeof target !== "string") return true;
  const year = /^es(\d+)$/i.exec(target)?.[1];
  return year === undefined || Number(year) >= 2022;
}

function bool(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
