import { relative, sep } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { isWithin } from "../../kernel/is-within.ts";
import { plugoError } from "../../kernel/plugo-error.ts";
import { isJsonObject } from "../../manifest/json-object.ts";
import { applicationName, type Application } from "./application.ts";
import type { Consolidation } from "./consolidate.ts";
import { dependencyFields } from "./dependency-fields.ts";
import { jsonText } from "./json-text.ts";
import { localPackages } from "./local-packages.ts";
import type { Requirement } from "./requirement.ts";

/** Files by their path in a folder, with "/" on every system. */
export type FileTree = ReadonlyMap<string, string | Uint8Array>;

/** A loaded plugin that wants packages. */
export interface WorkspacePlugin {
  readonly name: string;
  /** Its folder, an absolute path. */
  readonly folder: string;
  readonly requirements: readonly Requirement[];
}

/**
 * What npm needs to know to install an application together with its plugins: a root that is the application without
 * its `devDependencies`, and each plugin, at its own place, as a workspace. Folders that `file:` dependencies mean are
 * there with what npm reads of them, archives as they are.
 *
 * @throws PLUGO_CONSOLIDATE_OUTSIDE when a plugin or such a folder is outside the application.
 */
export function workspaceFiles(
  application: Application,
  plugins: readonly WorkspacePlugin[],
  { merged }: Consolidation,
): FileTree {
  const pathOf = (path: string): string => relative(application.folder, path).split(sep).join("/");
  const local = localPackages(application, plugins);
  const outside = [
    ...plugins
      .filter((each) => !isWithin(each.folder, application.folder))
      .map(({ name, folder }) => `"${name}" in "${displayPath(folder)}"`),
    ...local.outside,
  ];
  if (outside.length > 0) {
    throw plugoError("PLUGO_CONSOLIDATE_OUTSIDE", { findings: outside, folder: displayPath(application.folder) });
  }

  const files = new Map<string, string | Uint8Array>();
  files.set("package.json", jsonText(rootOf(application, plugins.map(({ folder }) => pathOf(folder)).toSorted())));
  for (const { name, folder, requirements } of plugins) {
    const wanted = requirements.map((each) => {
      const { range, file } = merged.get(each.package) ?? each;
      return [each.package, { range, file, isOptional: each.isOptional }] as const;
    });
    files.set(
      `${pathOf(folder)}/package.json`,
      // In a scope, so that no package of a registry has the name.
      jsonText({
        name: `@plugo-plugin/${name.toLowerCase()}`,
        version: "0.0.0",
        private: true,
        ...dependencyFields(new Map(wanted), folder),
      }),
    );
  }
  for (const [path, content] of local.files) if (!files.has(pathOf(path))) files.set(pathOf(path), content);
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Fields that decide what npm installs, as the application has them. */
const copiedFields = [
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "overrides",
  "allowScripts",
] as const;

function rootOf(application: Application, workspaces: readonly string[]): object {
  const { fields } = application;
  const { version } = fields;
  const copied = copiedFields.flatMap((field) =>
    isJsonObject(fields[field]) ? [[field, fields[field]] as const] : [],
  );
  return {
    name: applicationName(application),
    version: typeof version === "string" ? version : "0.0.0",
    private: true,
    ...Object.fromEntries(copied),
    workspaces,
    plugo: { consolidated: true },
  };
}
