import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { vm } from "../kernel/lazy-require.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import { isIgnored } from "../sources/ignored-file.ts";
import { isFile } from "../sources/stats-of.ts";
import { sampleNames, type Names } from "./plugin-names.ts";

/** The files of a template, by their path in it with `/`. */
export type Template = ReadonlyMap<string, Buffer>;

/** Reads a template. @throws PlugoError `PLUGO_TEMPLATE_MISSING`. */
export function readTemplate(home: string, name: string): Template {
  const folder = join(home, name);
  // An empty folder is none either.
  if (!isFile(join(folder, "package.json")))
    throw plugoError("PLUGO_TEMPLATE_MISSING", { template: name, folder: home });
  const files = new Map<string, Buffer>();
  const pending = [folder];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      if (isIgnored(entry.name, entry.isDirectory())) continue;
      const path = join(current, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else files.set(relative(folder, path).split(sep).join("/"), readFileSync(path));
    }
  }
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The template with other names in the place of the sample's, in its files and in their paths. */
export function renameTemplate(template: Template, names: Names): Template {
  const renamed = new Map<string, Buffer>();
  for (const [path, content] of template) {
    const isText = !content.includes(0);
    renamed.set(
      published(withNames(path, names)),
      isText ? Buffer.from(withNames(content.toString(), names)) : content,
    );
  }
  return renamed;
}

/**
 * Whether an identifier of the template would become another one of it, a global or a word of the language when it is
 * renamed.
 */
export function takenIn(template: Template): (names: Names) => boolean {
  const own = new Set<string>();
  const others = new Set<string>();
  for (const [path, content] of template) {
    if (!codeEndings.has(extname(path))) continue;
    for (const [identifier] of content
      .toString()
      .replaceAll(comment, "")
      .matchAll(/[A-Za-z_$][\w$]*/g)) {
      (ownForm.test(identifier) ? own : others).add(identifier);
    }
  }
  return (names) =>
    [...own].some((identifier) => {
      const renamed = withNames(identifier, names);
      return others.has(renamed) || renamed in globalThis || isWordOfLanguage(renamed);
    });
}

const forms = Object.keys(sampleNames) as (keyof Names)[];
const byForm = new Map(forms.map((form) => [sampleNames[form], form]));
const anyForm = new RegExp([...byForm.keys()].join("|"), "g");
const ownForm = /sample_plugin|samplePlugin|SamplePlugin/;
const codeEndings: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx", ".jsx"]);
const comment = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm;

function withNames(text: string, names: Names): string {
  return text.replaceAll(anyForm, (form) => names[byForm.get(form) ?? "snake"]);
}

/** npm leaves files of this name out of packages. */
function published(path: string): string {
  return path.replace(/(^|\/)gitignore$/, "$1.gitignore");
}

function isWordOfLanguage(identifier: string): boolean {
  const { Script } = vm();
  try {
    return !(new Script(`"use strict"; async () => { let ${identifier}; }`) instanceof Script);
  } catch {
    return true;
  }
}
