const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~_-][a-z0-9._~-]*(?:\/[^/\0]+)*$/i;
const path = /^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\]|file:)|[/\\]|\.[cm]?[jt]s$/;

/** Whether a name can be imported: a package's name (`@scope/name`, `name/sub`), a path, or a `file:` URL. */
export function canBeModule(name: string): boolean {
  if (name.length > 4096 || name === "__proto__" || name.includes("\0")) return false;
  return path.test(name) || (packageName.test(name) && name.length <= 214);
}
