const ignored: ReadonlySet<string> = new Set(["node_modules", ".git", ".hg", ".svn", ".plugo"]);

/** Swap, backup and temporary files of vim, Emacs, JetBrains, rsync, GNOME and others. */
const temporary =
  /^(?:\.DS_Store|4913|\.#.*|#.*#|\.goutputstream-.*|\..*\.(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{6})$|(?:~|\.(?:sw[a-z]|tmp|temp|bak)|___jb_(?:tmp|old)___)$/;

/**
 * Whether a file or a folder of this name is never part of what a plugin is made from: packages, version control, plugo's
 * own folder; and files that editors leave beside the one that they write.
 */
export function isIgnored(name: string, isFolder: boolean): boolean {
  return ignored.has(name) || (!isFolder && temporary.test(name));
}
