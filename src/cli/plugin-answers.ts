import { relative, resolve } from "node:path";
import { plugoError } from "../kernel/plugo-error.ts";
import { isPluginName, pluginNameRule } from "../manifest/plugin-name.ts";
import { cleanVersion, isVersionRange } from "../manifest/semver-range.ts";
import { isSkippedName } from "../sources/skipped-name.ts";
import { defaultAuthor } from "./default-author.ts";
import type { PluginFacts } from "./fill-manifests.ts";
import { frameworkOf, frameworks } from "./framework.ts";
import type { Framework } from "./json-shapes.ts";
import { whyNoName, type Names } from "./plugin-names.ts";
import type { Project } from "./project.ts";

/** What the command line says about a new plugin. */
export interface NewPluginOptions {
  readonly name?: string;
  readonly outputDir?: string;
  readonly description?: string;
  readonly version?: string;
  readonly identifier?: string;
  readonly slug?: string;
  readonly author?: string;
  readonly dependencies?: string;
  readonly framework?: Framework;
}

/** What a new plugin is made with. */
export interface PluginAnswers extends PluginFacts {
  /** The folder's name. */
  readonly slug: string;
  readonly framework: Framework;
  /** Where the plugin's folder comes to be, an absolute path. */
  readonly outputDirectory: string;
}

/** Where answers come from beside the options: a terminal; or nobody, and then the defaults hold. */
export interface Asker {
  text(question: {
    message: string;
    fallback: string;
    validate?: (answer: string) => string | undefined;
  }): Promise<string>;
  choice<Value extends string>(message: string, values: readonly Value[], fallback: Value): Promise<Value>;
}

/** What the defaults are derived from. */
export interface Circumstances {
  /** Where the command runs. */
  readonly from: string;
  readonly project: Project;
  readonly env: NodeJS.ProcessEnv;
  readonly namesFor: (name: string, framework: Framework) => Names;
}

/**
 * Takes the options, asks for what they do not say, and checks everything.
 *
 * @param asker `undefined` when nobody can be asked.
 * @throws PlugoError `PLUGO_NEW_NO_NAME`, `PLUGO_NEW_NAME`, `PLUGO_NEW_VALUE`, `PLUGO_INTERRUPTED`.
 */
export async function answersFor(
  options: NewPluginOptions,
  asker: Asker | undefined,
  { from, project, env, namesFor }: Circumstances,
): Promise<PluginAnswers> {
  const ask = async (
    given: string | undefined,
    message: string,
    fallback: string,
    validate?: (answer: string) => string | undefined,
  ): Promise<string> => {
    if (given !== undefined || asker === undefined) return given ?? fallback;
    return asker.text({ message, fallback, ...(validate === undefined ? {} : { validate }) });
  };
  if (options.name === undefined && asker === undefined) {
    throw plugoError("PLUGO_NEW_NO_NAME", { kind: "plugin", example: '--name "Example Plugin"' });
  }
  const name = (await ask(options.name, "Name", "Example Plugin", whyNoName)).trim();
  const reason = options.slug === undefined ? whyNoName(name) : undefined;
  if (reason !== undefined) throw plugoError("PLUGO_NEW_NAME", { name, reason });
  const likely = frameworkOf(project) ?? "express";
  let framework = options.framework;
  framework ??= asker === undefined ? likely : await asker.choice("Framework", frameworks, likely);
  const slug = await ask(options.slug, "Folder", namesFor(options.slug ?? name, framework).snake, slugFault);
  const described = await ask(options.description, "Description", name);
  const version = await ask(options.version, "Version", "0.0.1", versionFault);
  const identifier = await ask(options.identifier, "Identifier", slug);
  const author = await ask(options.author, "Author", defaultAuthor(from, env));
  const dependencies = await ask(
    options.dependencies,
    "Plugins that it needs, separated by commas",
    "",
    dependenciesFault,
  );
  const directory = await ask(options.outputDir, "Plugin directory", relative(from, defaultDirectory(project)) || ".");
  check("--slug", slugRule, slug, slugFault);
  check("--version", "a semver version such as 1.0.0", version, versionFault);
  check("--dependencies", dependenciesRule, dependencies, dependenciesFault);
  check("--output-dir", "a path", directory, (text) =>
    text.trim() === "" || text.includes("\0") ? "no path" : undefined,
  );
  return {
    name,
    slug,
    framework,
    description: described,
    version,
    identifier,
    author,
    dependencies: splitDependencies(dependencies),
    outputDirectory: resolve(from, directory),
  };
}

/** The project's first plugin directory, when it has one. */
function defaultDirectory({ folder, pluginDirectories: [first] }: Project): string {
  return first ?? resolve(folder, "api/plugins");
}

const slugRule = `a folder's name of ${pluginNameRule}`;
const dependenciesRule = 'names of plugins separated by commas, each with an optional range ("auth,billing@^1.2.0")';

function slugFault(slug: string): string | undefined {
  const isUsable = isPluginName(slug) && !isSkippedName(slug) && whyNoName(slug) === undefined;
  return isUsable ? undefined : `It must be ${slugRule}.`;
}

function versionFault(version: string): string | undefined {
  return cleanVersion(version) === null ? "It must be a semver version such as 1.0.0." : undefined;
}

function dependenciesFault(list: string): string | undefined {
  const isDependency = (text: string): boolean => {
    const [name = "", range] = text.split(/@(.*)/s, 2);
    return isPluginName(name) && (range === undefined || isVersionRange(range));
  };
  return splitDependencies(list).every(isDependency) ? undefined : `It must be ${dependenciesRule}.`;
}

function splitDependencies(list: string): readonly string[] {
  return list
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "");
}

function check(option: string, expected: string, actual: string, fault: (text: string) => string | undefined): void {
  if (fault(actual) !== undefined) throw plugoError("PLUGO_NEW_VALUE", { option, expected, actual });
}
