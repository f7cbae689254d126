const ignoredNames: ReadonlySet<string> = new Set([
  "node_modules",
  ".git",
  ".hg",
  ".svn",
  ".plugo",
  ".DS_Store",
  "4913",
]);

/** Swap, backup and temporary files of vim, Emacs, JetBrains, rsync, GNOME and others. */
const temporary =
  /^(?:\.#.*|#.*#|\.goutputstream-.*|\..*\.(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{6})$|(?:~|\.(?:sw[a-z]|tmp|temp|bak)|___jb_(?:tmp|old)___)$/;

/**
 * Whether a file or folder of this name is never part of what a plugin is made from: packages, version control,
 * plugo's own folder, and what editors leave beside the file that they write.
 */
export function isIgnoredFile(name: string): boolean {
  return ignoredNames.has(name) || temporary.test(name);
}
