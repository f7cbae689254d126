import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isVersionRange, meetsRange } from "../../manifest/semver-range.ts";
import type { InstallerProgram } from "./find-installer.ts";
import { installedPackages, type InstalledPackage } from "./installed-packages.ts";
import type { InstallerTool } from "./installer-tool.ts";
import type { InstallRequest } from "./installer.ts";

/**
 * Runs the install scripts of the packages that the application allows, after everything was installed without. What
 * it allows and is not installed is passed over.
 */
export async function runAllowedScripts(
  tool: InstallerTool,
  program: InstallerProgram,
  { folder, hostFolder, allowScripts, logger }: InstallRequest,
  run: (args: readonly string[], settings: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const rules = allowScripts.map(readRule);
  const isAllowed = ({ name, version }: InstalledPackage): boolean =>
    rules.some((rule) => rule.name === name && (rule.range === undefined || meetsRange(version, rule.range)));
  const installed = installedPackages(folder, new Set(rules.map(({ name }) => name)));
  const refused = new Set(installed.filter((each) => !isAllowed(each)).map(({ name }) => name));
  const isTellable = ({ name }: InstalledPackage): boolean => tool.name !== "bun" || !refused.has(name);
  const allowed = installed.filter(isAllowed);
  const packages = allowed.filter(isTellable);
  for (const { name, version } of allowed.filter((each) => !isTellable(each))) {
    logger.warn(
      `The install scripts of ${name}@${version} did not run: another version of it is installed that allowScripts does not name, and bun does not tell them apart.`,
    );
  }
  if (packages.length === 0) return;
  const { args, settings, manifestFields } = tool.scriptRun(packages, {
    major: program.major,
    isApplication: folder === hostFolder,
  });
  await withManifestFields(join(folder, "package.json"), manifestFields, () => run(args, settings));
}

/** `name`, `@scope/name`, or either with `@range`. A range that is none allows nothing. */
function readRule(rule: string): { readonly name: string; readonly range: string | undefined } {
  const at = rule.indexOf("@", 1);
  if (at === -1) return { name: rule, range: undefined };
  const range = rule.slice(at + 1);
  return { name: rule.slice(0, at), range: isVersionRange(range) ? range : "<0.0.0-0" };
}

/** What the installer writes into the file meanwhile is undone as well. */
async function withManifestFields(
  file: string,
  fields: Readonly<Record<string, unknown>>,
  action: () => Promise<void>,
): Promise<void> {
  const before = readFileSync(file);
  try {
    const manifest = JSON.parse(before.toString()) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...manifest, ...fields }, undefined, 2));
    await action();
  } finally {
    writeFileSync(file, before);
  }
}
