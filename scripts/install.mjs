/** Installs the locked dependencies when node_modules/ is missing or holds anything else than the lockfile names. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { root, runNpm, say, StepError } from "./process.mjs";

export async function install() {
  // npm's own list of what it installed; written last, so an install that was cut short has none.
  const installed = readJson("node_modules/.package-lock.json");
  if (installed !== undefined && isInstalled(installed.packages)) return;
  say(installed === undefined ? "installing dependencies ..." : "the lockfile has changed, installing again ...");
  const exitCode = await runNpm(["ci", "--no-audit", "--no-fund"]);
  if (exitCode !== 0) throw new StepError("`npm ci` failed, its own message is above. Remove the cause and try again.");
}

/** Looks at the folders themselves, since npm's list can be ahead of them: `--package-lock-only` writes it as well. */
function isInstalled(installed) {
  const wanted = readJson("package-lock.json").packages;
  const isPackage = (folder) => folder.includes("node_modules/");
  const isExtra = (folder) => isPackage(folder) && !(folder in wanted);
  return !Object.keys(installed).some(isExtra) && Object.keys(wanted).filter(isPackage).every(isAsLocked);

  function isAsLocked(folder) {
    const { link, optional, version } = wanted[folder];
    if (link === true) return existsSync(path.join(root, folder));
    const found = readJson(`${folder}/package.json`)?.version;
    // An optional package is made for another platform, or is a peer that nobody asked for.
    return found === version || (found === undefined && optional === true);
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
