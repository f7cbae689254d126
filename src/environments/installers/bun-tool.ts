import { existsSync } from "node:fs";
import { join } from "node:path";
import type { InstallerTool } from "./installer-tool.ts";

export const bunTool: InstallerTool = {
  name: "bun",
  lockfile: "bun.lock",
  distrustsProjectNpmrc: false,

  candidates({ hostModules, path, platform }) {
    const isWindows = platform === "win32";
    const file = isWindows ? "bun.exe" : "bun";
    const system = isWindows ? "windows" : platform;
    const machine = process.arch === "arm64" ? "aarch64" : process.arch;
    // What "bun" in .bin leads to is a placeholder where install scripts are off; the program lies beside it.
    const packages = ["", "-musl"].map((libc) => join(hostModules, "@oven", `bun-${system}-${machine}${libc}`));
    const own = packages.map((folder) => join(folder, "bin", file));
    // "npm install --global bun" puts a .cmd file into PATH.
    const files = isWindows ? [file, "bun.cmd"] : [file];
    return [...own, ...path.flatMap((folder) => files.map((name) => join(folder, name)))];
  },

  install: (run, { hostFolder, frozen, offline, prefersCache, isApplication }) =>
    run(
      [
        "install",
        ...(isApplication ? [] : ["--omit=dev", "--omit=peer"]),
        "--ignore-scripts",
        "--no-progress",
        // It may have registries and tokens that .npmrc does not have.
        ...(existsSync(join(hostFolder, bunSettings)) ? [`--config=${join(hostFolder, bunSettings)}`] : []),
        // A production installation would write no lockfile.
        ...(frozen ? ["--frozen-lockfile"] : isApplication ? [] : ["--save-text-lockfile"]),
        ...(offline ? ["--offline"] : prefersCache ? ["--prefer-offline"] : []),
      ],
      {},
    ),

  staleCache: /^error: (?:No version matching|GET .* - 404$)/,

  scriptRun: (packages) => ({
    args: ["pm", "trust", ...new Set(packages.map(({ name }) => name))],
    settings: {},
    manifestFields: {},
  }),
};

const bunSettings = "bunfig.toml";
