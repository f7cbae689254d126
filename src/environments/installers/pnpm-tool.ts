import { join } from "node:path";
import { requestTimeoutMs, type InstallerTool } from "./installer-tool.ts";

export const pnpmTool: InstallerTool = {
  name: "pnpm",
  lockfile: "pnpm-lock.yaml",
  // A variable in the credentials of a project could send a secret to a registry that the project names.
  distrustsProjectNpmrc: true,

  candidates: ({ hostModules, path, platform }) =>
    [join(hostModules, ".bin"), ...path].flatMap((folder) =>
      platform === "win32" ? [join(folder, "pnpm.exe"), join(folder, "pnpm.cmd")] : [join(folder, "pnpm")],
    ),

  install: (run, wish) =>
    run(
      [
        "install",
        ...(wish.isApplication ? [] : ["--prod", "--ignore-workspace"]),
        "--ignore-scripts",
        "--reporter=append-only",
        wish.frozen ? "--frozen-lockfile" : "--no-frozen-lockfile",
        ...(wish.offline ? ["--offline"] : wish.prefersCache ? ["--prefer-offline"] : []),
      ],
      settingsOf({ ...(wish.isApplication ? {} : ofEnvironments), "fetch-timeout": requestTimeoutMs(wish) }),
    ),

  staleCache: /ERR_PNPM_(?:NO_MATCHING_VERSION|NO_OFFLINE_META|NO_OFFLINE_TARBALL|FETCH_404)/,

  scriptRun(packages, { major, isApplication }) {
    const names = packages.map(({ name, version }) => `${name}@${version}`);
    const allowed = JSON.stringify(Object.fromEntries(names.map((name) => [name, true])));
    return {
      args: ["rebuild", ...new Set(packages.map(({ name }) => name)), "--reporter=append-only"],
      settings: settingsOf({
        ...(isApplication ? {} : ofEnvironments),
        "ignore-scripts": "false",
        "allow-builds": allowed,
      }),
      // pnpm 10 knows no other way that tells versions apart; from 11 on the field counts for nothing.
      manifestFields: major < 11 ? { pnpm: { onlyBuiltDependencies: names } } : {},
    };
  },
};

/** Peers are the application's, and what was resolved is kept, whatever the application does for itself. */
const ofEnvironments = { "auto-install-peers": "false", "ignore-workspace": "true", lockfile: "true" };

/** Settings that are no flags in every version: pnpm 10 reads `npm_config_…`, pnpm 11 and later `pnpm_config_…`. */
function settingsOf(more: Readonly<Record<string, string>>): Record<string, string> {
  const settings = {
    "strict-peer-dependencies": "false",
    // What scripts may run is decided here; that others have some is no failure.
    "strict-dep-builds": "false",
    "confirm-modules-purge": "false",
    "manage-package-manager-versions": "false",
    "fetch-retries": "1",
    "fetch-retry-mintimeout": "500",
    ...more,
  };
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      const variable = name.replaceAll("-", "_");
      return [
        [`npm_config_${variable}`, value],
        [`pnpm_config_${variable}`, value],
      ];
    }),
  );
}
