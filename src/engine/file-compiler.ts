import { dirname } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown, plugoError } from "../kernel/plugo-error.ts";
import type { CachedTransform } from "./cache-batch.ts";
import { type CompiledFile, flag } from "./compiled-file.ts";
import { evaluatedText, wantsInlineMaps } from "./evaluate.ts";
import { fileUrl } from "./file-url.ts";
import { type Language, languageOf } from "./language.ts";
import { PackageTypes } from "./package-type.ts";
import { readSource, type Source } from "./read-source.ts";
import { inlineSourceMap } from "./source-map.ts";
import { esbuildVersion } from "./standard-decorators.ts";
import type { TransformCache } from "./transform-cache.ts";
import { toRecord, type TransformRecord } from "./transform-record.ts";
import { defaultSettings, type TransformSettings } from "./transform-settings.ts";
import { transform, type TransformInput } from "./transform.ts";
import { type ProjectSettings, TsconfigFinder } from "./tsconfig.ts";

/** Turns files into {@link CompiledFile}s, with what is known from before: the previous generation's and the cache's. */
export class FileCompiler {
  readonly #cache: TransformCache;
  #tsconfigs = new TsconfigFinder();
  #packageTypes = new PackageTypes();
  /** Whether somebody reads source maps from the code: asked once for each change. */
  #inlineMaps: boolean | undefined;

  constructor(cache: TransformCache) {
    this.#cache = cache;
  }

  /** Forgets what was read from settings files, and who reads source maps. */
  refresh(): void {
    this.#tsconfigs = new TsconfigFinder();
    this.#packageTypes = new PackageTypes();
    this.#inlineMaps = undefined;
  }

  /** The settings of the nearest tsconfig.json. */
  project(folder: string): ProjectSettings {
    return this.#tsconfigs.find(folder);
  }

  /**
   * Reads a file (unless its `text` is at hand) and compiles it, unless `previous` is what it would become. Throws `PLUGO_SYNTAX`,
   * `PLUGO_DECORATORS`, and the file system's error when the file cannot be read.
   */
  compile(path: string, plugin: string, previous: CompiledFile | undefined, text?: string): CompiledFile {
    const source = readSource(path, plugin, text);
    const language = languageOf(path) ?? "js";
    if (language === "json") return jsonFile(path, source);
    const { text: sourceText } = source;
    const { settings, packageType, variant } = this.#variantOf(path, language, sourceText);
    const inlineMaps = (this.#inlineMaps ??= wantsInlineMaps());
    if (previous !== undefined && previous.hash === source.hash && previous.variant === variant) {
      if (!inlineMaps || previous.text.includes("\n//# sourceMappingURL=data:")) return previous;
    }
    const { hash, record } =
      usable(this.#cache.find(source, variant, inlineMaps)) ??
      this.#transform({ path, source: sourceText, language, packageType, settings, plugin }, source, variant);
    const { kind, flags, linksJson, code, mapsJson } = record;
    const url = fileUrl(path);
    const inlineMap = inlineMaps ? inlineSourceMap(mapsJson ?? "[]", url, sourceText) : undefined;
    return {
      path,
      hash,
      variant,
      kind,
      flags,
      linksJson,
      text: evaluatedText(kind, flags, code, url, inlineMap),
    };
  }

  /** Whether compiling the file again would give the same. */
  isCurrent({ path, hash, variant }: CompiledFile): boolean {
    try {
      const source = readSource(path, "");
      const language = languageOf(path) ?? "js";
      if (source.hash !== hash) return false;
      return language === "json" || this.#variantOf(path, language, source.text).variant === variant;
    } catch {
      return false;
    }
  }

  /** What is known of a compiled file's transform, for its source maps; `undefined` when nothing is. */
  recordOf(path: string, hash: string, variant: string): TransformRecord | undefined {
    const known = usable(this.#cache.findByHash({ hash, variant }));
    if (known !== undefined) return known.record;
    try {
      const source = readSource(path, "");
      const language = languageOf(path);
      if (source.hash !== hash || language === undefined || language === "json") return undefined;
      const { settings, packageType, variant: current } = this.#variantOf(path, language, source.text);
      if (current !== variant) return undefined;
      const input = { path, source: source.text, language, packageType, settings, plugin: "" };
      return this.#transform(input, source, variant).record;
    } catch {
      return undefined;
    }
  }

  #transform(input: TransformInput, { content, hash }: Source, variant: string): CachedTransform {
    const transformed = transform(input);
    const loweredBy = (transformed.flags & flag.lowered) === 0 ? "" : (esbuildVersion() ?? "");
    const made = { content, hash, variant, record: toRecord(transformed, loweredBy) };
    this.#cache.add(made);
    return made;
  }

  #variantOf(path: string, language: Exclude<Language, "json">, text: string): Variant {
    const packageType = language === "js" ? this.#packageTypes.find(dirname(path)) : undefined;
    const { settings, key } = dependsOnProject(language, text) ? this.project(dirname(path)) : noProject;
    const type = packageType === undefined ? "" : `:${packageType}`;
    return { settings, packageType, variant: key === "" ? language + type : `${language}${type} ${key}` };
  }
}

/** What another version of esbuild has lowered is made again. */
function usable(cached: CachedTransform | undefined): CachedTransform | undefined {
  if (cached === undefined || (cached.record.flags & flag.lowered) === 0) return cached;
  return cached.record.loweredBy === esbuildVersion() ? cached : undefined;
}

interface Variant {
  readonly settings: TransformSettings;
  readonly packageType: "module" | "commonjs" | undefined;
  readonly variant: string;
}

/** Whether a tsconfig.json can matter: looking for one costs more than looking at the text. */
function dependsOnProject(language: Language, text: string): boolean {
  if (text.includes("@")) return true;
  if (language === "js" || language === "mjs" || language === "cjs") return false;
  return language === "tsx" || language === "jsx" || text.includes("import") || text.includes("class");
}

const noProject = { settings: defaultSettings, key: "" };

function jsonFile(path: string, { text, hash }: Source): CompiledFile {
  return { path, hash, variant: "json", kind: "json", flags: 0, linksJson: "", text };
}

/** A JSON file's value, made anew for each generation. Throws `PLUGO_SYNTAX`. */
export function parseJson({ path, text }: CompiledFile, plugin: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const facts = { at: displayPath(path), detail: describeThrown(cause), frame: undefined };
    throw plugoError("PLUGO_SYNTAX", facts, { plugin, cause });
  }
}
