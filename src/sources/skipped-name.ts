const toolFolders: ReadonlySet<string> = new Set(["node_modules", "bower_components", "__pycache__", "venv"]);
const toolFolder = /\.(?:egg-info|dist-info)$/;

/**
 * Whether a folder of this name is no plugin of its own accord: other tools' folders, and names that start with `.` or
 * `_`. One that has a metadata.json and does not start with `.` is a plugin all the same when a source names it, which
 * makes `_name` a way to put a plugin aside.
 */
export function isSkippedName(name: string): boolean {
  return name.startsWith("_") || isToolFolder(name);
}

/** Whether a folder of this name is never even looked into. */
export function isToolFolder(name: string): boolean {
  return name.startsWith(".") || toolFolders.has(name) || (name.endsWith("-info") && toolFolder.test(name));
}
