/** Installs the locked dependencies when node_modules/ is missing or holds anything else than the lockfile names. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { root, runNpm, say, StepError } from "./process.mjs";

export async function install() {
  const installed = readPackages("node_modules/.package-lock.json");
  const wanted = readPackages("package-lock.json");
  if (installed !== undefined && isInstalled(wanted, installed)) return;
  say(installed === undefined ? "installing dependencies ..." : "the lockfile has changed, installing again ...");
  const exitCode = await runNpm(["ci", "--no-audit", "--no-fund"]);
  if (exitCode !== 0) throw new StepError("`npm ci` failed, its own message is above. Remove the cause and try again.");
}

/** The packages of a lockfile by folder. npm leaves a list of what it installed, as its last act, in node_modules/. */
function readPackages(lockfile) {
  try {
    return JSON.parse(readFileSync(path.join(root, lockfile), "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Only an optional package may be missing: it is made for another platform, or for nobody. */
function isInstalled(wanted, installed) {
  const folders = Object.keys(wanted).filter((folder) => folder.includes("node_modules/"));
  const isExtra = (folder) => folder.includes("node_modules/") && !(folder in wanted);
  return folders.every((folder) => isSame(wanted[folder], installed[folder])) && !Object.keys(installed).some(isExtra);
}

function isSame(wanted, installed) {
  if (installed === undefined) return wanted.optional === true;
  return installed.version === wanted.version && installed.link === wanted.link;
}
