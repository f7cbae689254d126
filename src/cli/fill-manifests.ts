import { join, relative, sep } from "node:path";
import { isJsonObject } from "../manifest/json-object.ts";
import { metadataFile } from "../manifest/read-manifest.ts";
import { packageName } from "./own-package.ts";
import type { Template } from "./template.ts";

/** What a plugin's author says of it. */
export interface PluginFacts {
  /** As it was given; it may hold anything. */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly identifier: string;
  readonly author: string;
  /** Plugins, each with an optional range: `auth`, `billing@^1.2.0`. */
  readonly dependencies: readonly string[];
}

/**
 * A template's files with these facts in its `metadata.json` and `package.json`.
 *
 * @param place.folder Where the plugin will be; `place.projectFolder` has the `node_modules` with plugo's schemas.
 * @param place.plugoSpec What a `package.json` says to get plugo.
 */
export function fillManifests(
  files: Template,
  facts: PluginFacts,
  place: { readonly folder: string; readonly projectFolder: string; readonly plugoSpec: string },
): Template {
  const filled = new Map(files);
  edit(filled, metadataFile, (metadata) => {
    const { name, version, description, identifier, author, dependencies } = facts;
    const schema = join(place.projectFolder, "node_modules", packageName, "schemas", metadataFile);
    const fields = { name, version, description, identifier, author, dependencies };
    const $schema = relative(place.folder, schema).split(sep).join("/");
    return { ...("$schema" in metadata ? { $schema } : {}), ...without(metadata, "$schema"), ...fields };
  });
  edit(filled, "package.json", (manifest) => {
    const said = (["version", "description", "author"] as const).filter((field) => field in manifest);
    const changed = Object.fromEntries(said.map((field) => [field, facts[field]]));
    return withPlugo({ ...manifest, ...changed }, place.plugoSpec);
  });
  return filled;
}

/** The same manifest, with what it says about plugo replaced by `spec`. */
export function withPlugo(manifest: Readonly<Record<string, unknown>>, spec: string): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...manifest };
  for (const field of ["dependencies", "devDependencies"]) {
    const packages = changed[field];
    if (isJsonObject(packages) && packageName in packages) changed[field] = { ...packages, [packageName]: spec };
  }
  return changed;
}

/** Changes one JSON file of a template, when it has it. */
export function edit(
  files: Map<string, Buffer>,
  path: string,
  change: (value: Readonly<Record<string, unknown>>) => object,
): void {
  const content = files.get(path);
  if (content === undefined) return;
  const value: unknown = JSON.parse(content.toString());
  if (isJsonObject(value)) files.set(path, Buffer.from(`${JSON.stringify(change(value), undefined, 2)}\n`));
}

function without(value: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const { [key]: _, ...rest } = value;
  return rest;
}
