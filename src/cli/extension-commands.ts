import { dirname, resolve } from "node:path";
import { isWithin } from "../kernel/is-within.ts";
import { isPlugoError } from "../kernel/plugo-error.ts";
import { isJsonObject } from "../manifest/json-object.ts";
import { describeJson } from "../manifest/must-be.ts";
import { packagePlaces } from "../manifest/package-places.ts";
import { isFile } from "../sources/stats-of.ts";
import { findProject, readPackage, type Project } from "./project.ts";

/** A sub-command that the project, or a package it depends on, adds. */
export interface ExtensionCommand {
  readonly name: string;
  /** The module that is loaded when it is called, an absolute path. */
  readonly file: string;
  readonly summary: string;
  /** Whose `package.json` declares it: `this project`, or the package's name. */
  readonly from: string;
}

export interface ExtensionCommands {
  readonly commands: ReadonlyMap<string, ExtensionCommand>;
  /** Why something that is declared is no command; a line each. */
  readonly faults: readonly string[];
}

/**
 * Reads which commands the nearest `package.json` and its direct dependencies declare, without loading any. The project
 * comes before its dependencies, and those in the order in which it names them. Never throws.
 *
 * @param ownNames The names that nothing can take.
 */
export function findExtensionCommands(from: string, ownNames: ReadonlySet<string>): ExtensionCommands {
  const commands = new Map<string, ExtensionCommand>();
  const faults: string[] = [];
  for (const { file, from: declarer } of declarersAround(from, faults)) {
    for (const [name, value] of declaredIn(file, declarer, faults)) {
      const command = toCommand(name, value, dirname(file), declarer);
      const other = typeof command === "string" ? undefined : commands.get(name);
      if (typeof command === "string") faults.push(`${declarer} declares the command "${name}": ${command}`);
      else if (ownNames.has(name)) faults.push(`${declarer} declares the command "${name}", which plugo has itself`);
      else if (other !== undefined)
        faults.push(`${declarer} declares the command "${name}", which ${other.from} has already`);
      else commands.set(name, command);
    }
  }
  return { commands, faults };
}

interface Declarer {
  /** Its `package.json`. */
  readonly file: string;
  readonly from: string;
}

function declarersAround(from: string, faults: string[]): readonly Declarer[] {
  let project: Project;
  try {
    project = findProject(from);
  } catch (error) {
    faults.push(faultLine(error));
    return [];
  }
  const { packageFile, folder } = project;
  if (packageFile === null) return [];
  const manifest = readPackage(packageFile);
  const fields = ["dependencies", "devDependencies", "optionalDependencies"];
  const names = new Set(fields.flatMap((field) => (isJsonObject(manifest[field]) ? Object.keys(manifest[field]) : [])));
  const packages = Array.from(names, (name): Declarer[] => {
    const file = packageFileOf(name, folder);
    return file === undefined ? [] : [{ file, from: `the package ${name}` }];
  });
  return [{ file: packageFile, from: "this project" }, ...packages.flat()];
}

/** As Node.js finds packages: in the nearest `node_modules` that has it. */
function packageFileOf(name: string, folder: string): string | undefined {
  if (name.split("/").includes("..")) return undefined;
  for (const file of packagePlaces(name, folder)) if (isFile(file)) return file;
  return undefined;
}

function declaredIn(
  file: string,
  from: string,
  faults: string[],
): readonly (readonly [name: string, value: unknown])[] {
  try {
    const settings = readPackage(file)["plugo"];
    const declared = isJsonObject(settings) ? settings["commands"] : undefined;
    if (declared === undefined) return [];
    if (isJsonObject(declared)) return Object.entries(declared);
    faults.push(`${from} declares "plugo.commands", which must be an object, but it is ${describeJson(declared)}`);
  } catch (error) {
    faults.push(faultLine(error));
  }
  return [];
}

/** The command; or why it is none, as the end of a sentence. */
function toCommand(name: string, value: unknown, folder: string, from: string): ExtensionCommand | string {
  const { run, summary = "" }: Readonly<Record<string, unknown>> = isJsonObject(value) ? value : { run: value };
  if (!/^[a-z0-9][a-z0-9:_-]*$/i.test(name)) return 'its name may hold letters, digits, "-", "_" and ":"';
  if (typeof run !== "string") return `it must be a path or { "run": a path }, but it is ${describeJson(run)}`;
  if (typeof summary !== "string") return `"summary" must be a text, but it is ${describeJson(summary)}`;
  const file = resolve(folder, run);
  if (!isWithin(file, folder)) return `"${run}" leads out of the package`;
  if (!isFile(file)) return `there is no file "${run}"`;
  return { name, file, summary: summary.split("\n", 1)[0] ?? "", from };
}

function faultLine(error: unknown): string {
  if (!isPlugoError(error)) throw error;
  return error.message.replaceAll(/\n\s*(?:- )?/g, " ");
}
