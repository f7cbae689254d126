import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { plugoError } from "../../kernel/plugo-error.ts";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import type { InstallerTool } from "./installer-tool.ts";

/** Where an installer is looked for. */
export interface InstallerSurroundings {
  /** The application's folder, an absolute path. */
  readonly hostFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: the one that this runs on. */
  readonly platform?: NodeJS.Platform;
}

/** An installer on this machine, and how it is run without a shell. */
export interface InstallerProgram {
  readonly command: string;
  /** Arguments that come before its own: the script, when Node.js runs it. */
  readonly leading: readonly string[];
  /** `npm@11`; the bare name when it cannot be told without running it. */
  readonly identity: string;
  /** The major version; 0 when it is not known. */
  readonly major: number;
}

/** Finds an installer without running it. Throws `PLUGO_INSTALLER_MISSING`. */
export function findInstaller(
  tool: InstallerTool,
  { hostFolder, env, platform = process.platform }: InstallerSurroundings,
): InstallerProgram {
  const hostModules = join(hostFolder, "node_modules");
  const path = pathOf(env).filter((folder) => folder !== "");
  for (const candidate of tool.candidates({ hostModules, path, env, platform })) {
    const file = programFile(candidate);
    if (file === undefined) continue;
    const major = majorOf(file, tool.name);
    const identity = major === undefined ? tool.name : `${tool.name}@${major}`;
    const how = isScript(file) ? { command: process.execPath, leading: [file] } : { command: file, leading: [] };
    return { ...how, identity, major: major ?? 0 };
  }
  throw plugoError("PLUGO_INSTALLER_MISSING", { installer: tool.name, modules: hostModules });
}

/** The folders in which programs are looked for. */
export function pathOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const name = Object.keys(env).find((each) => each.toUpperCase() === "PATH");
  return (name === undefined ? "" : (env[name] ?? "")).split(delimiter);
}

/** The file behind links and shims; `undefined` when there is none that can be run without a shell. */
function programFile(candidate: string): string | undefined {
  try {
    const file = realpathSync(candidate);
    if (!statSync(file).isFile()) return undefined;
    if (file.endsWith(".cmd")) return shimTarget(file);
    if (isPnpmPlaceholder(file)) return join(dirname(file), "bin", "pnpm.mjs");
    if (!isScript(file)) accessSync(file, constants.X_OK);
    return file;
  } catch {
    return undefined;
  }
}

/** The script that a `.cmd` file of npm runs, as in `"%dp0%\..\pnpm\bin\pnpm.cjs"`. */
function shimTarget(shim: string): string | undefined {
  const target = /"%(?:~dp0|dp0%)\\([^"%]+\.(?:[cm]?js|exe))"/.exec(readFileSync(shim, "utf8"))?.[1];
  return target === undefined ? undefined : realpathSync(join(dirname(shim), ...target.split("\\")));
}

/** A shell script that stands where the program would be, had pnpm's own install script run. */
function isPnpmPlaceholder(file: string): boolean {
  return file === join(dirname(file), "pnpm") && statSync(file).size < 64 * 1024 && existsIn(dirname(file), "pnpm.mjs");
}

function existsIn(folder: string, name: string): boolean {
  return statSync(join(folder, "bin", name), { throwIfNoEntry: false }) !== undefined;
}

function isScript(file: string): boolean {
  return /\.[cm]?js$/.test(file);
}

/** From the nearest `package.json` of the installer's own package; that of a platform's binary has the same version. */
function majorOf(file: string, name: string): number | undefined {
  for (const folder of [dirname(file), join(file, "..", "..")]) {
    const { name: found, version } = readJsonObject(join(folder, "package.json")) ?? {};
    const isOwn = found === name || /^@(?:pnpm\/(?:linux|macos|win|exe)|oven\/bun-)/.test(String(found));
    const major = isOwn ? /^(\d+)\./.exec(String(version))?.[1] : undefined;
    if (major !== undefined) return Number(major);
  }
  return undefined;
}
