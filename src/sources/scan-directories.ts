import { existsSync, readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { isPluginName } from "../manifest/plugin-name.ts";
import { metadataFile, readManifest } from "../manifest/read-manifest.ts";
import { isSkippedName, isToolFolder } from "./skipped-name.ts";
import type { DirectoryScan, FoundPlugin } from "./source.ts";

/**
 * Lists the plugins of some directories, the first directory first. A plugin's folder that cannot be read is a found
 * plugin with a problem, never an error.
 *
 * @param previous An earlier scan: a plugin of it for which `isTouched` is false is taken over unread.
 * @throws PLUGO_DIRECTORY_UNREADABLE when one of `directories` is missing, is no folder, or cannot be read.
 */
export function scanDirectories(
  directories: readonly string[],
  previous?: DirectoryScan,
  isTouched: (name: string) => boolean = () => true,
): DirectoryScan {
  const found = new Map<string, FoundPlugin>();
  const otherFolders = new Map<string, string>();
  const others: Folder[] = [];
  const problems: PlugoError[] = [];
  const hints: string[] = [];
  for (const directory of new Set(directories.map((path) => resolve(path)))) {
    const { folders, files } = list(directory);
    others.push(...files);
    folders.forEach((folder) => {
      const plugin = findPlugin(folder, previous, isTouched);
      const other = found.get(folder.name);
      if (plugin === undefined) {
        others.push(folder);
        if (!otherFolders.has(folder.name)) otherFolders.set(folder.name, folder.path);
        if (!isSkippedName(folder.name)) hints.push(`"${displayPath(folder.path)}" has no ${metadataFile}: no plugin`);
      } else if (other === undefined) {
        found.set(folder.name, plugin);
      } else {
        problems.push(duplicate(other, plugin));
      }
    });
  }
  if (otherFolders.size > 0) for (const name of found.keys()) otherFolders.delete(name);
  const plugins = sortedByName(found);
  problems.push(...caseTwins(plugins));
  return Object.freeze({
    plugins,
    otherFolders,
    beside: Object.freeze(others.filter(({ name }) => !found.has(name)).map(({ path }) => path)),
    problems: Object.freeze(problems),
    hints: Object.freeze(hints),
  });
}

/** Whether each of these names is still the plugin of that name that `scan` found, as it was found. */
export function isScanCurrent(scan: DirectoryScan, directories: readonly string[], names: Iterable<string>): boolean {
  for (const name of names) {
    const plugin = scan.plugins.get(name);
    if (plugin === undefined || plugin.manifest instanceof Error) return false;
    // Where two directories have the name, it matters which of them it is.
    const places = new Set(directories.map((directory) => inside(resolve(directory), name)));
    if ([...places].some((path) => existsSync(path) !== (path === plugin.path))) return false;
    const result = readManifest(plugin.path, name, plugin.manifest);
    if (!("manifest" in result) || result.manifest !== plugin.manifest) return false;
    if (realpathSync(plugin.path) !== plugin.realPath) return false;
  }
  return true;
}

/** Most file systems list names in order. */
function sortedByName(found: ReadonlyMap<string, FoundPlugin>): ReadonlyMap<string, FoundPlugin> {
  const names = [...found.keys()];
  if (names.every((name, index) => index === 0 || names[index - 1]! < name)) return found;
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** An entry of a plugin directory. */
interface Folder {
  readonly name: string;
  readonly path: string;
  readonly isLink: boolean;
  /** `path` with the directory's symbolic links resolved, though not its own. */
  readonly realPath: string;
}

function list(directory: string): { readonly folders: readonly Folder[]; readonly files: readonly Folder[] } {
  let entries: readonly Dirent[];
  let realDirectory: string;
  try {
    entries = readdirSync(directory, { withFileTypes: true });
    realDirectory = realpathSync(directory);
  } catch (error) {
    throw plugoError(
      "PLUGO_DIRECTORY_UNREADABLE",
      { path: displayPath(directory), reason: fileErrorReason(error) },
      { cause: error },
    );
  }
  const folders: Folder[] = [];
  const files: Folder[] = [];
  const isReal = realDirectory === directory;
  entries.forEach((entry) => {
    // Some file systems do not tell what an entry is; it is then looked at like a link.
    const isLink = !entry.isDirectory() && !entry.isFile();
    const path = inside(directory, entry.name);
    const isFolder = isLink ? leadsToFolder(path) : entry.isDirectory();
    const listed = { name: entry.name, path, isLink, realPath: isReal ? path : inside(realDirectory, entry.name) };
    (isFolder ? folders : files).push(listed);
  });
  return { folders, files };
}

/** What `path.join` would say of a resolved directory and a single name, in a fraction of the time. */
function inside(directory: string, name: string): string {
  return directory.endsWith(sep) ? directory + name : directory + sep + name;
}

/** False for a link that leads nowhere, in a circle, or to a file. */
function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function findPlugin(
  folder: Folder,
  previous: DirectoryScan | undefined,
  isTouched: (name: string) => boolean,
): FoundPlugin | undefined {
  const { name, path } = folder;
  if (isToolFolder(name)) return undefined;
  const before = previous?.plugins.get(name);
  const known = before?.path === path ? before : undefined;
  if (previous !== undefined && !isTouched(name)) {
    if (known !== undefined) return known;
    if (previous.otherFolders.get(name) === path) return undefined;
  }

  const result = readManifest(path, name, manifestOf(known));
  if ("isMissing" in result) return undefined;
  if (!isPluginName(name)) return problematic(name, path, invalidName(name, path));
  let realPath = folder.realPath;
  try {
    if (folder.isLink) realPath = realpathSync(path);
  } catch (error) {
    return problematic(name, path, unreadableFolder(name, path, error));
  }
  const hints = "hints" in result ? result.hints : noHints;
  const manifest = "manifest" in result ? result.manifest : result.problem;
  return Object.freeze({ name, path, realPath, manifest, hints });
}

function manifestOf(plugin: FoundPlugin | undefined): Manifest | undefined {
  return plugin === undefined || plugin.manifest instanceof Error ? undefined : plugin.manifest;
}

function problematic(name: string, path: string, manifest: PlugoError): FoundPlugin {
  return Object.freeze({ name, path, realPath: path, manifest, hints: noHints });
}

function unreadableFolder(plugin: string, path: string, error: unknown): PlugoError {
  const file = displayPath(path);
  const findings = [`the folder cannot be read: ${fileErrorReason(error)}`];
  return plugoError("PLUGO_MANIFEST_INVALID", { file, findings }, { plugin, cause: error });
}

function invalidName(name: string, path: string): PlugoError {
  return plugoError("PLUGO_NAME_INVALID", { name, where: `"${displayPath(dirname(path))}"` }, { plugin: name });
}

const noHints: readonly string[] = Object.freeze([]);

function duplicate(used: FoundPlugin, ignored: FoundPlugin): PlugoError {
  const facts = { name: used.name, used: displayPath(used.path), ignored: displayPath(ignored.path) };
  return plugoError("PLUGO_NAME_DUPLICATE", facts, { plugin: used.name });
}

function caseTwins(plugins: ReadonlyMap<string, FoundPlugin>): readonly PlugoError[] {
  const problems: PlugoError[] = [];
  const seen = new Map<string, FoundPlugin>();
  // Without capitals, names that differ differ in more than case.
  if (![...plugins.keys()].some((name) => name !== name.toLowerCase())) return problems;
  for (const plugin of plugins.values()) {
    const folded = plugin.name.toLowerCase();
    const other = seen.get(folded);
    if (other === undefined) {
      seen.set(folded, plugin);
      continue;
    }
    const facts = { name: plugin.name, other: other.name, directory: displayPath(dirname(plugin.path)) };
    problems.push(plugoError("PLUGO_NAME_CASE", facts, { plugin: plugin.name }));
  }
  return problems;
}
