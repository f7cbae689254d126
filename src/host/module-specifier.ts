import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * How to import a module that stands for a plugin: a package name is looked up from the working directory, a path is
 * relative to it.
 */
export function moduleSpecifier(modulePath: string): { readonly specifier: string; readonly from: string } {
  const from = resolve("package.json");
  const isPath = isAbsolute(modulePath) || /^\.{1,2}([\\/]|$)/.test(modulePath);
  return { specifier: isPath ? pathToFileURL(resolve(modulePath)).href : modulePath, from };
}
