import { bunTool } from "./bun-tool.ts";
import { findInstaller, type InstallerProgram, type InstallerSurroundings } from "./find-installer.ts";
import type { InstallerTool } from "./installer-tool.ts";
import type { Installer, InstallerName } from "./installer.ts";
import { npmTool } from "./npm-tool.ts";
import { pnpmTool } from "./pnpm-tool.ts";

const tools: Readonly<Record<InstallerName, InstallerTool>> = { npm: npmTool, pnpm: pnpmTool, bun: bunTool };

/** An installer of this name. Where it is installed is found out when it is first needed, and kept. */
export function createInstaller(name: InstallerName, surroundings: InstallerSurroundings): Installer {
  const tool = tools[name];
  let found: InstallerProgram | undefined;
  const program = (): InstallerProgram => (found ??= findInstaller(tool, surroundings));
  return {
    name,
    lockfile: tool.lockfile,
    identify: () => program().identity,
    async install(request) {
      const { installWith } = await import("./install-with.ts");
      await installWith(tool, program(), request);
    },
  };
}
