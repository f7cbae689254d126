import type { InstalledPackage } from "./installed-packages.ts";
import type { InstallerName } from "./installer.ts";
import type { InstallerEnd } from "./run-installer.ts";

/** What differs between npm, pnpm and bun. */
export interface InstallerTool {
  readonly name: InstallerName;
  readonly lockfile: string;
  /** Files that may be the installer, in the order in which they are tried. */
  candidates(places: InstallerPlaces): readonly string[];
  /** Whether it reads what the application's `.npmrc` says of variables only from the user's own file. */
  readonly distrustsProjectNpmrc: boolean;
  /** Runs it once, or more often when that is what it takes. */
  install(run: RunTool, wish: InstallWish): Promise<InstallerEnd>;
  /** A line of its output that may mean no more than that its cache is older than the registry. */
  readonly staleCache: RegExp;
  /** How to run the install scripts of these packages, and of no other. */
  scriptRun(packages: readonly InstalledPackage[], where: ScriptPlace): ScriptRun;
}

/** Where an installer may be. */
export interface InstallerPlaces {
  /** The application's `node_modules`. */
  readonly hostModules: string;
  /** The folders of `PATH`. */
  readonly path: readonly string[];
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface InstallWish {
  readonly folder: string;
  readonly hostFolder: string;
  /** Whether it is the application's own folder: what else is there, and how it is installed, is the application's. */
  readonly isApplication: boolean;
  readonly frozen: boolean;
  readonly offline: boolean;
  /** Whether what the cache knows of a package is taken as it is, however old. */
  readonly prefersCache: boolean;
  /** For the whole installation, in milliseconds. */
  readonly timeoutMs: number;
}

/** Runs the installer with these arguments and environment variables. Never rejects. */
export type RunTool = (args: readonly string[], settings: Readonly<Record<string, string>>) => Promise<InstallerEnd>;

/** What the way of running scripts depends on. */
export interface ScriptPlace {
  /** The installer's major version; 0 when it is not known. */
  readonly major: number;
  readonly isApplication: boolean;
}

export interface ScriptRun {
  readonly args: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  /** Fields that `package.json` has while it runs. */
  readonly manifestFields: Readonly<Record<string, unknown>>;
}

/** How long one request may stay without an answer, in milliseconds: short enough for a second attempt. */
export function requestTimeoutMs({ timeoutMs }: InstallWish): string {
  return String(Math.min(30_000, Math.max(1, Math.ceil(timeoutMs / 4))));
}
