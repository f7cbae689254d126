import { join, resolve } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { isJsonObject } from "../manifest/json-object.ts";
import { metadataFile } from "../manifest/read-manifest.ts";
import { fillManifests } from "./fill-manifests.ts";
import type { Framework, NewPluginJson } from "./json-shapes.ts";
import { makeFolder, refuseExisting } from "./make-folder.ts";
import { nextSteps } from "./next-steps.ts";
import { ownSpec, templatesFolder } from "./own-package.ts";
import { answersFor, type Asker, type NewPluginOptions } from "./plugin-answers.ts";
import { deriveNames, whyNoName, type Names } from "./plugin-names.ts";
import { findProject } from "./project.ts";
import { readTemplate, renameTemplate, takenIn, type Template } from "./template.ts";
import type { Terminal } from "./terminal.ts";

export interface NewPluginCommandOptions extends NewPluginOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly templates?: string;
}

/** `plugo new-base-plugin`, `new-ui-plugin` and `new-api-plugin`. */
export async function runNewPlugin(
  kind: NewPluginJson["kind"],
  options: NewPluginCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const from = process.cwd();
  const project = findProject(from);
  const home = options.templates === undefined ? templatesFolder : resolve(options.templates);
  const templates = new Map<Framework, Template>();
  const templateFor = (framework: Framework): Template => {
    const known = templates.get(framework) ?? readTemplate(home, `${kind}-${framework}`);
    templates.set(framework, known);
    return known;
  };
  const namesFor = (text: string, framework: Framework): Names => deriveNames(text, takenIn(templateFor(framework)));
  const asker = options.yes === true || options.json === true ? undefined : await askerOf(kind, terminal);
  const answers = await answersFor(options, asker, { from, project, env: process.env, namesFor });
  const { slug, framework, outputDirectory } = answers;
  const folder = join(outputDirectory, slug);
  const force = options.force === true;
  refuseExisting(folder, force);

  const derived = namesFor(slug, framework);
  const { title } = whyNoName(answers.name) === undefined ? deriveNames(answers.name) : derived;
  const names = { ...derived, snake: slug, title };
  const place = { folder, projectFolder: project.folder, plugoSpec: ownSpec() };
  const files = fillManifests(renameTemplate(templateFor(framework), names), answers, place);
  await makeFolder({ folder, files, force });

  const made = { folder, name: slug, kind, framework, files: [...files.keys()] };
  const result: NewPluginJson = {
    ...made,
    next: nextSteps(made, routePrefixIn(files, slug), outputDirectory, findProject(from), from),
  };
  if (options.json === true) terminal.printJson(result);
  else printNewPlugin(result, terminal);
}

/** Somebody at a terminal, when there is one. */
async function askerOf(kind: NewPluginJson["kind"], { isInteractive }: Terminal): Promise<Asker | undefined> {
  if (!isInteractive) return undefined;
  // Loaded only to ask.
  const { announce, askChoice, askText } = await import("./ask.ts");
  announce(`A new ${kind} plugin`);
  return { text: askText, choice: askChoice };
}

/** Where an adapter mounts it. */
function routePrefixIn(files: Template, name: string): string {
  const metadata: unknown = JSON.parse(files.get(metadataFile)?.toString() ?? "{}");
  const prefix = isJsonObject(metadata) ? metadata["route_prefix"] : undefined;
  return typeof prefix === "string" ? prefix : `/plugins/${name}`;
}

function printNewPlugin({ folder, name, next, files }: NewPluginJson, { print, paint }: Terminal): void {
  print(`${paint("green", "Made")} ${paint("bold", name)} in ${displayPath(folder)} (${files.length} files). Next:\n`);
  for (const [index, step] of next.entries()) print(`  ${index + 1}. ${step}`);
}
