import { accessSync, constants, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { environmentsIn } from "../environments/home/environments-in.ts";
import { folderSize } from "../environments/home/folder-size.ts";
import { displayPath } from "../kernel/display-path.ts";
import { isJsonObject } from "../manifest/json-object.ts";
import { packagePlaces } from "../manifest/package-places.ts";
import { meetsRange } from "../manifest/semver-range.ts";
import { booleanVariable } from "../sources/read-environment-variables.ts";
import { isFile, isFolder } from "../sources/stats-of.ts";
import { walkFolder } from "../sources/walk-folder.ts";
import { pluginsOf } from "./install-command.ts";
import type { FindingJson, PluginJson } from "./json-shapes.ts";
import { packageFolder, packageName } from "./own-package.ts";
import { needsPackages } from "./own-packages.ts";
import { countPhases } from "./plugin-lines.ts";
import { readPackage } from "./project.ts";
import type { ProjectPlan } from "./read-plan.ts";
import { shownBytes } from "./shown-bytes.ts";

/** Looks at what a project's plugins stand on. Nothing is changed. */
export function diagnose(
  projectPlan: ProjectPlan,
  plugins: readonly PluginJson[],
  isMeasured: boolean,
): readonly FindingJson[] {
  return [
    node(),
    state(plugins),
    copies(projectPlan),
    watching(projectPlan),
    cache(projectPlan),
    environments(projectPlan),
    speed(plugins, isMeasured),
  ];
}

type Topic = FindingJson["topic"];

const good = (topic: Topic, message: string): FindingJson => ({ topic, state: "good", message, remedy: null });
const notable = (topic: Topic, message: string, remedy: string): FindingJson => ({
  topic,
  state: "notable",
  message,
  remedy,
});
const bad = (topic: Topic, message: string, remedy: string): FindingJson => ({ topic, state: "bad", message, remedy });

function node(): FindingJson {
  const engines = readPackage(join(packageFolder, "package.json"))["engines"];
  const range = isJsonObject(engines) ? String(engines["node"]) : "*";
  const message = `Node.js ${process.versions.node} at ${process.execPath}`;
  if (meetsRange(process.versions.node, range)) return good("node", message);
  return bad("node", `${message}, but plugo needs ${range}`, "Install a version of Node.js that plugo supports.");
}

function state(plugins: readonly PluginJson[]): FindingJson {
  const message = countPhases(plugins);
  const isWrong = plugins.some(({ problem }) => problem !== null);
  return isWrong ? notable("plugins", message, 'Run "plugo check": it says what is wrong.') : good("plugins", message);
}

/** Two copies agree on errors, per-plugin values and PLUGINS, but each has hosts and generations of its own. */
function copies({ project, plan }: ProjectPlan): FindingJson {
  const found = new Map<string, string>();
  const look = (from: string): void => {
    const folder = installedFrom(from);
    if (folder === undefined || found.has(folder)) return;
    found.set(folder, String(readPackage(join(folder, "package.json"))["version"]));
  };
  look(project.folder);
  for (const { folder } of pluginsOf(plan)) look(folder);
  const own = realpathSync(packageFolder);
  const list = Array.from(found, ([folder, version]) => `${version} in ${displayPath(folder)}`).join(", ");
  if (found.size > 1) {
    const remedy = `Move "${packageName}" from "dependencies" to "peerDependencies" in the plugins' package.json.`;
    return notable("copies", `${found.size} copies of ${packageName}: ${list}`, remedy);
  }
  if (found.size === 0) {
    return notable("copies", `${packageName} is not installed here`, `Run "npm install ${packageName}".`);
  }
  if (!found.has(own)) {
    const message = `The application has ${list}, and this command is another copy, in ${own}`;
    return notable("copies", message, `Run it in the project: npx ${packageName} doctor`);
  }
  return good("copies", `One copy of ${packageName}: ${list}`);
}

function installedFrom(from: string): string | undefined {
  for (const file of packagePlaces(packageName, from)) if (isFile(file)) return realpathSync(dirname(file));
  return undefined;
}

function watching({ options }: ProjectPlan): FindingJson {
  const isOn = booleanVariable(options.env, "ENABLE_PLUGIN_HOT_RELOAD", true, options.logger);
  if (!isOn) return good("watching", "Hot reload is off (ENABLE_PLUGIN_HOT_RELOAD)");
  let folders = 0;
  for (const directory of options.directories)
    for (const { isFolder: is } of walkFolder(directory)) folders += is ? 1 : 0;
  const watches = `${folders} ${folders === 1 ? "folder" : "folders"} to watch`;
  const limit = systemLimit("max_user_watches");
  if (limit === undefined) return good("watching", `${watches}; this system has no limit that plugo knows`);
  const message = `${watches}, of ${limit} that a user can have in all processes together`;
  const remedy = `Raise the limit: sysctl fs.inotify.max_user_watches=${Math.max(524_288, folders * 4)}; without it plugo looks for changes by polling.`;
  if (folders > limit) return bad("watching", message, remedy);
  return folders > limit / 2 ? notable("watching", message, remedy) : good("watching", message);
}

/** Linux only. */
function systemLimit(name: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/fs/inotify/${name}`, "utf8"));
  } catch {
    return undefined;
  }
}

function cache({ options: { cacheFolder } }: ProjectPlan): FindingJson {
  const shown = displayPath(cacheFolder);
  const holder = nearestFolder(cacheFolder);
  if (!isWritable(holder)) {
    const message = `${shown} cannot be written: every start transforms the plugins' files anew`;
    return notable(
      "cache",
      message,
      `Make ${displayPath(holder)} writable, or start once where it is and ship ${shown}.`,
    );
  }
  const bytes = isFolder(cacheFolder) ? folderSize(cacheFolder) : 0;
  return good(
    "cache",
    bytes === 0 ? `${shown} is empty: the first start fills it` : `${shown} holds ${shownBytes(bytes)}`,
  );
}

function nearestFolder(path: string): string {
  for (let current = path; ; current = dirname(current)) if (isFolder(current)) return current;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function environments({ options, plan }: ProjectPlan): FindingJson {
  const { home } = options.environments;
  const found = environmentsIn(home);
  const without = pluginsOf(plan).filter(
    ({ folder }) => needsPackages(folder) && !isFolder(join(folder, "node_modules")),
  );
  const size = found.length === 0 ? "" : `, ${shownBytes(folderSize(home))}`;
  const message = `${found.length} in ${displayPath(home)}${size}`;
  const incomplete = found.filter(({ marker }) => marker === undefined);
  if (without.length > 0) {
    const names = without.map(({ name }) => name).join(", ");
    return notable(
      "environments",
      `${message}; not installed yet: ${names}`,
      'Run "plugo install", or start the application.',
    );
  }
  if (incomplete.length > 0) {
    return notable("environments", `${message}; ${incomplete.length} not complete`, 'Run "plugo prune".');
  }
  return good("environments", message);
}

const shownSlowest = 5;
const slowMs = 500;

function speed(plugins: readonly PluginJson[], isMeasured: boolean): FindingJson {
  if (!isMeasured) return good("speed", "Not measured: --load evaluates the plugins' files, and says which are slow");
  const slowest = plugins.filter(({ loadMs }) => loadMs !== null).toSorted((a, b) => (b.loadMs ?? 0) - (a.loadMs ?? 0));
  const list = slowest.slice(0, shownSlowest).map(({ name, loadMs }) => `${name} ${(loadMs ?? 0).toFixed(1)} ms`);
  const message = `Evaluating the files takes: ${list.join(", ") || "nothing"}`;
  if ((slowest[0]?.loadMs ?? 0) < slowMs) return good("speed", message);
  return notable("speed", message, "Import what is large with import() where it is needed first.");
}
