import { spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Installer } from "#src/environments/installers/installer.js";
import { plugoError } from "#src/kernel/plugo-error.js";
import { createFolder, type Files, type TestFolder } from "../support/plugin-folder.ts";

/** Packages by `name@version`, with their files beside package.json. */
export type Packages = Readonly<Record<string, Files>>;

/** A folder of packages to be copied, and a record of what was installed. */
export interface Registry extends TestFolder {
  /** A line for each installation that began: the names of the packages. */
  installations(): readonly string[];
}

export function createRegistry(packages: Packages): Registry {
  const folder = createFolder({ "installations.log": "" });
  for (const [id, files] of Object.entries(packages)) {
    const at = id.indexOf("@", 1);
    const manifest = { name: id.slice(0, at), version: id.slice(at + 1), main: "index.js" };
    const all = { "package.json": manifest, "index.js": `module.exports = ${JSON.stringify(id)};`, ...files };
    folder.write(Object.fromEntries(Object.entries(all).map(([name, content]) => [`packages/${id}/${name}`, content])));
  }
  const log = folder.at("installations.log");
  return Object.assign(folder, {
    installations: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
  });
}

/** A package of many small files, as the real ones are. */
export function manyFiles(count: number): Files {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`lib/part${index}.js`, `exports.at = ${index};`]),
  );
}

/**
 * An installer that copies packages of a {@link Registry}, in a process of its own, which outlives this one when it is
 * killed. It makes all folders before any file, and writes what it has done last, as npm does.
 */
export function copyingInstaller(registry: string, version = "npm@99"): Installer {
  return {
    name: "npm",
    lockfile: "package-lock.json",
    identify: () => version,
    install: ({ folder, plugin, signal, onOutput, frozen }) =>
      new Promise((resolve, reject) => {
        const script = fileURLToPath(import.meta.resolve("./copy-packages.js"));
        appendFileSync(join(registry, "installations.log"), `${plugin ?? "application"}\n`);
        const child = spawn(process.execPath, [script, folder, registry, String(frozen)], {
          stdio: ["ignore", "ignore", "pipe"],
        });
        const lines: string[] = [];
        createInterface({ input: child.stderr }).on("line", (line) => {
          lines.push(line);
          onOutput(line);
        });
        const abort = (): void => void child.kill("SIGKILL");
        if (signal.aborted) abort();
        signal.addEventListener("abort", abort, { once: true });
        child.on("close", (code) => {
          signal.removeEventListener("abort", abort);
          if (code === 0) resolve();
          else if (signal.aborted) reject(plugoError("PLUGO_INSTALL_ABORTED", { name: plugin, installer: "npm" }));
          else reject(plugoError("PLUGO_INTERNAL", { detail: lines.join("\n") }));
        });
      }),
  };
}
