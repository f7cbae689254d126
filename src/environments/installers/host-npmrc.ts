import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { readJsonObject } from "../../manifest/read-json-object.ts";
import type { InstallerTool } from "./installer-tool.ts";

/** The application's `.npmrc`, lent to a folder for the time of one installation. */
export interface LentNpmrc {
  /** Environment variables that make the installer read it. */
  readonly settings: Readonly<Record<string, string>>;
  /** What stands in the files that the installer reads: they hold secrets. */
  readonly texts: readonly string[];
  /** Removes what was put into the folder. Never throws. */
  takeBack(): void;
}

/**
 * Installers read the `.npmrc` of the folder that they install into, and of no folder above it. Without the
 * application's, a private scope would be looked for in the public registry, where anybody may have taken its name.
 * That of an application in a workspace may be that of the workspace's root.
 */
export function hostNpmrc(
  tool: InstallerTool,
  folder: string,
  hostFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): LentNpmrc {
  const settingsFolder = folderOfNpmrc(hostFolder);
  const source = join(settingsFolder, ".npmrc");
  const text = read(source);
  const userFile = userNpmrc(env);
  const userText = read(userFile) ?? "";
  const files: string[] = [];
  const lent = (settings: Readonly<Record<string, string>> = {}): LentNpmrc => ({
    settings,
    texts: [userText, text ?? ""],
    takeBack: () => {
      for (const file of files) rmSync(file, { force: true });
    },
  });
  // In the application's own folder an installer finds it as it always does.
  if (text === undefined || folder === hostFolder) return lent();
  try {
    const rooted = withAbsolutePaths(text, settingsFolder);
    files.push(join(folder, ".npmrc"));
    lend(source, text, rooted, join(folder, ".npmrc"));
    if (!tool.distrustsProjectNpmrc || !text.includes("${")) return lent();
    const user = join(folder, ".npmrc-user");
    files.push(user);
    writeFileSync(user, `${userText}\n${rooted}\n`, { mode: 0o600 });
    return lent({ npm_config_userconfig: user, pnpm_config_userconfig: user });
  } catch (error) {
    lent().takeBack();
    throw error;
  }
}

function folderOfNpmrc(hostFolder: string): string {
  if (existsSync(join(hostFolder, ".npmrc"))) return hostFolder;
  for (let folder = dirname(hostFolder); folder !== dirname(folder); folder = dirname(folder)) {
    if (isWorkspaceRoot(folder)) return folder;
  }
  return hostFolder;
}

function isWorkspaceRoot(folder: string): boolean {
  if (existsSync(join(folder, "pnpm-workspace.yaml"))) return true;
  return readJsonObject(join(folder, "package.json"))?.["workspaces"] !== undefined;
}

/** A link, so that no secret is copied; a copy that only the user can read where a link would say something else. */
function lend(source: string, text: string, rooted: string, target: string): void {
  rmSync(target, { force: true });
  if (rooted === text) {
    try {
      return symlinkSync(source, target);
    } catch {
      // Windows lets only some users make links to files.
    }
  }
  writeFileSync(target, rooted, { mode: 0o600 });
}

/** Paths in the file are relative to the folder that the installer runs in. */
function withAbsolutePaths(text: string, base: string): string {
  return text.replaceAll(
    /^(\s*(?:\/\/[^=]*:)?(?:cafile|certfile|keyfile|cache|store-dir|globalconfig)\s*=\s*)(\S.*?)(\s*)$/gm,
    (line, start: string, path: string, end: string) => {
      const isRelative = !isAbsolute(path) && !/^(?:~|\$\{|["'])/.test(path);
      return isRelative ? `${start}${resolve(base, path)}${end}` : line;
    },
  );
}

function userNpmrc(env: Readonly<Record<string, string | undefined>>): string {
  const name = Object.keys(env).find((each) => /^npm_config_userconfig$/i.test(each) && env[each] !== "");
  const home = env["HOME"] ?? env["USERPROFILE"] ?? homedir();
  return (name === undefined ? undefined : env[name]) ?? join(home, ".npmrc");
}

/** `undefined` when there is none, or it is not for this user to read. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
