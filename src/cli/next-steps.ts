import { relative, sep } from "node:path";
import { frameworkOf } from "./framework.ts";
import type { Framework, NewPluginJson } from "./json-shapes.ts";
import { packageName } from "./own-package.ts";
import { needsPackages } from "./own-packages.ts";
import { usualDirectories, type Project } from "./project.ts";

/**
 * The next things to do with a new plugin.
 *
 * @param prefix Where its routes are.
 * @param directory The folder that it is in.
 * @param project As it is found now.
 * @param from Where the command runs.
 */
export function nextSteps(
  { folder, name, kind, framework }: Pick<NewPluginJson, "folder" | "name" | "kind" | "framework">,
  prefix: string,
  directory: string,
  project: Project,
  from: string,
): readonly string[] {
  const here = shown(relative(from, folder));
  const test = `Run its tests: cd ${quoted(here)} && npm test`;
  return [
    ...(frameworkOf(project) === framework ? [] : [handOut(framework)]),
    makeSeen(name, directory, project),
    see(prefix, kind, here),
    needsPackages(folder) ? `${test} (${packagesFirst})` : test,
  ];
}

/** A plugin gets its routes from the application, which does not name this framework among its packages. */
function handOut(framework: Framework): string {
  const made = `context: { app: ${framework}Routes(app) } of ${packageName}/${framework}`;
  return `Have the application hand out routes: npm install ${framework}, and ${made}`;
}

const packagesFirst = `its packages come with the first start, or with npx ${packageName} install`;

function makeSeen(name: string, directory: string, { folder, pluginDirectories, configFile }: Project): string {
  if (!pluginDirectories.includes(directory)) {
    const paths = [...pluginDirectories, directory].map((path) => shown(relative(folder, path)) || ".");
    const value =
      paths.length === 1 ? JSON.stringify(paths[0]) : `[${paths.map((path) => JSON.stringify(path)).join(", ")}]`;
    return [
      `Name its folder, since this project's plugins are looked for in ${pluginDirectories.length === 0 ? usualDirectories.join(", ") : paths.slice(0, -1).join(", ")}:`,
      `     in package.json      "plugo": { "pluginDirectory": ${value} }`,
      `     in the application   loadPlugins({ pluginDirectory: ${value}, … })`,
    ].join("\n");
  }
  if (configFile !== null) return `Enable it: npx ${packageName} enable ${name}`;
  return `See it among the plugins: npx ${packageName} list`;
}

function see(prefix: string, kind: NewPluginJson["kind"], here: string): string {
  if (kind === "base") return `Write it: ${here}/plugin.ts; a running application takes over each save`;
  return `Start the application, open ${prefix} and edit ${here}: each save is there at once`;
}

function shown(path: string): string {
  return path.split(sep).join("/");
}

function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : JSON.stringify(path);
}
