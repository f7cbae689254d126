import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { requestTimeoutMs, type InstallerTool, type InstallWish } from "./installer-tool.ts";
import type { InstallerEnd } from "./run-installer.ts";

export const npmTool: InstallerTool = {
  name: "npm",
  lockfile: "package-lock.json",
  distrustsProjectNpmrc: false,

  candidates({ path, env, platform }) {
    const beside = (folder: string): string[] => [
      join(folder, "node_modules", "npm", "bin", "npm-cli.js"),
      join(folder, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    ];
    // Set by "npm run"; pnpm and yarn set it too, to themselves.
    const running = env["npm_execpath"];
    return [
      ...(running?.endsWith("npm-cli.js") === true ? [running] : []),
      ...beside(dirname(process.execPath)),
      // On Windows that file is for other shells.
      ...path.flatMap((folder) => [...(platform === "win32" ? [] : [join(folder, "npm")]), ...beside(folder)]),
    ];
  },

  async install(run, wish) {
    if (!wish.frozen) return run(["install", ...flagsOf(wish)], {});
    const end = await run(["ci", ...flagsOf(wish)], {});
    return end.how === "exited" && end.lines.some(isUsageError) ? installKeepingLock(run, wish, end) : end;
  },

  staleCache: /npm (?:error|ERR!) code (?:ETARGET|ENOTCACHED|E404)/,

  scriptRun: (packages) => ({
    // npm 12 runs none that the field does not name, and prints that it has.
    manifestFields: {
      allowScripts: Object.fromEntries(packages.map(({ name, version }) => [`${name}@${version}`, true])),
    },
    args: ["rebuild", ...packages.map(({ name, version }) => `${name}@${version}`), ...scriptFlags],
    settings: {},
  }),
};

const quietFlags = [
  "--no-audit",
  "--no-fund",
  "--global=false",
  "--loglevel=warn",
  "--no-progress",
  "--no-update-notifier",
];

const commonFlags = [...quietFlags, "--workspaces=false"];

const scriptFlags = [...commonFlags, "--ignore-scripts=false", "--foreground-scripts"];

function flagsOf(wish: InstallWish): readonly string[] {
  return [...(wish.isApplication ? quietFlags : environmentFlags), ...sharedFlags(wish)];
}

const environmentFlags = [
  ...commonFlags,
  "--omit=dev",
  "--omit=peer",
  // A list in .npmrc would take back what is omitted.
  "--include=prod",
  // Peers are the application's: without it they are in the lockfile, and looked up.
  "--legacy-peer-deps",
  // A link to a folder does not survive that the environment is moved.
  "--install-links",
  "--package-lock",
];

function sharedFlags(wish: InstallWish): readonly string[] {
  return [
    "--ignore-scripts",
    "--save",
    "--dry-run=false",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=500",
    `--fetch-timeout=${requestTimeoutMs(wish)}`,
    ...(wish.offline ? ["--offline"] : wish.prefersCache ? ["--prefer-offline"] : []),
  ];
}

function isUsageError(line: string): boolean {
  return /npm (?:error|ERR!) code EUSAGE/.test(line);
}

/**
 * `npm ci` refuses lockfiles that `npm install` has just written, when an optional package for another platform is not
 * in the registry. `npm install` takes them; the lockfile must say the same afterwards.
 */
async function installKeepingLock(
  run: Parameters<InstallerTool["install"]>[0],
  wish: InstallWish,
  refusal: InstallerEnd,
): Promise<InstallerEnd> {
  const file = join(wish.folder, npmTool.lockfile);
  const before = readFileSync(file, "utf8");
  const end = await run(["install", ...flagsOf(wish)], {});
  const after = readFileSync(file, "utf8");
  if (after === before) return end;
  writeFileSync(file, before);
  const isSame = end.how === "exited" && end.exitCode === 0 && requiredPackages(after) === requiredPackages(before);
  return isSame || end.how !== "exited" ? end : refusal;
}

/** Which versions of which packages a lockfile has, but for those that may be missing, as text. */
function requiredPackages(lockfile: string): string {
  const { packages = {} } = JSON.parse(lockfile) as { packages?: Record<string, LockedPackage> };
  const isRequired = ([path, entry]: [string, LockedPackage]): boolean =>
    path !== "" && entry.optional !== true && entry.dev !== true && entry.devOptional !== true && entry.peer !== true;
  const lines = Object.entries(packages)
    .filter(isRequired)
    .map(([path, { version, integrity }]) => `${path} ${version} ${integrity}`);
  return lines.toSorted().join("\n");
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly peer?: boolean;
}
