import { join, resolve } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isJsonObject } from "../manifest/json-object.ts";
import { edit, withPlugo } from "./fill-manifests.ts";
import { frameworks } from "./framework.ts";
import { installPackages } from "./install-packages.ts";
import type { Framework, NewAppJson } from "./json-shapes.ts";
import { makeFolder, refuseExisting } from "./make-folder.ts";
import { ownSpec, templatesFolder } from "./own-package.ts";
import { deriveNames, whyNoName, type Names } from "./plugin-names.ts";
import { notingLogger } from "./read-plan.ts";
import { readTemplate, type Template } from "./template.ts";
import type { Terminal } from "./terminal.ts";

export interface NewAppOptions {
  readonly outputDir?: string;
  readonly framework?: Framework;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly install: boolean;
  readonly templates?: string;
  readonly plugoSpec?: string;
}

/** `plugo new-app`. */
export async function runNewApp(given: string | undefined, options: NewAppOptions, terminal: Terminal): Promise<void> {
  const { name, framework } = await answers(given, options, terminal);
  const names = deriveNames(name);
  const folder = join(resolve(options.outputDir ?? "."), names.kebab);
  refuseExisting(folder, false, false);
  const home = options.templates === undefined ? templatesFolder : resolve(options.templates);
  const template = readTemplate(home, `app-${framework}`);
  const files = fillApp(template, names, options.plugoSpec ?? ownSpec());
  let failure: PlugoError | undefined;
  await makeFolder({
    folder,
    files,
    force: false,
    prepare: async (stage, signal) => {
      if (!options.install) return;
      const text = `Installing the packages of ${names.kebab} …`;
      const end = options.json === true ? undefined : terminal.progress(text);
      try {
        failure = await installPackages({ folder: stage, env: process.env, signal, logger: notingLogger(terminal) });
      } finally {
        end?.();
      }
    },
  });
  const here = displayPath(folder);
  if (failure !== undefined) {
    terminal.note(`Everything but its packages is in "${here}": run "npm install" there when npm can.`);
    throw failure;
  }
  const next = [
    `Start it: cd ${here} && ${options.install ? "" : "npm install && "}npm start`,
    'Make a plugin in it: npm run plugo -- new-base-plugin --name "My Plugin"',
    "Edit plugins/hello/plugin.ts while it runs: each save is there at once",
  ];
  const made = { folder, name: names.kebab, framework, files: [...files.keys()], installed: options.install, next };
  if (options.json === true) terminal.printJson(made satisfies NewAppJson);
  else printNewApp(made, terminal);
}

async function answers(
  given: string | undefined,
  options: NewAppOptions,
  { isInteractive }: Terminal,
): Promise<{ readonly name: string; readonly framework: Framework }> {
  const canAsk = isInteractive && options.yes !== true && options.json !== true;
  const ask = canAsk ? await import("./ask.ts") : undefined;
  if (given === undefined && ask === undefined) {
    throw plugoError("PLUGO_NEW_NO_NAME", { kind: "application", example: "plugo new-app shop" });
  }
  const refused = given === undefined ? undefined : whyNoName(given);
  if (given !== undefined && refused !== undefined)
    throw plugoError("PLUGO_NEW_NAME", { name: given, reason: refused });
  ask?.announce("A new application with plugins");
  const name = given ?? (await ask?.askText({ message: "Name", fallback: "my-app", validate: whyNoName })) ?? "";
  const framework = options.framework ?? (await ask?.askChoice("Framework", frameworks, "express")) ?? "express";
  return { name, framework };
}

/** Whether this Node.js runs TypeScript as it is. */
const runsTypeScript = Boolean((process.features as { readonly typescript?: unknown }).typescript);

function fillApp(template: Template, names: Names, plugoSpec: string): Template {
  const files = new Map<string, Buffer>();
  for (const [path, content] of template) {
    const text = content.toString().replaceAll("Sample App", names.title);
    files.set(path.replace(/^gitignore$/, ".gitignore"), Buffer.from(text));
  }
  edit(files, "package.json", (manifest) => {
    const filled = { ...withPlugo(manifest, plugoSpec), name: names.kebab };
    return runsTypeScript ? filled : startedByTsx(filled);
  });
  return files;
}

/** Older versions of Node.js need help with `app.ts`; the plugins plugo runs itself. */
function startedByTsx(manifest: Readonly<Record<string, unknown>>): object {
  const { scripts, devDependencies, ...rest } = manifest;
  if (!isJsonObject(scripts) || !isJsonObject(devDependencies)) return manifest;
  const packages = Object.entries({ ...devDependencies, tsx: "^4.23.15" }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...rest,
    scripts: { ...scripts, start: "node --import tsx app.ts" },
    devDependencies: Object.fromEntries(packages),
  };
}

function printNewApp({ folder, name, next }: NewAppJson, { print, paint }: Terminal): void {
  print(`${paint("green", "Made")} ${paint("bold", name)} in ${displayPath(folder)}. Next:\n`);
  for (const [index, step] of next.entries()) print(`  ${index + 1}. ${step}`);
}
