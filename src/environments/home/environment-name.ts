import { contentHash } from "../../kernel/content-hash.ts";

/** What one environment is made from. Two that are alike hold the same packages. */
export interface EnvironmentInputs {
  /** Canonical JSON of everything but the other two, as `requirementsText` writes it. */
  readonly requirements: string;
  /** Which installer makes it, such as `npm@11`. */
  readonly installer: string;
  /** The hash of the lockfile that the plugin brings, or `null`. */
  readonly lock: string | null;
}

/**
 * The name of an environment's folder: `<plugin>-<version>-<hash>`. The hash alone makes it distinct; it does not cover
 * the plugin's name. At most 78 characters, each of which every file system can have.
 */
export function environmentName(plugin: string, version: string, inputs: EnvironmentInputs): string {
  const { requirements, installer, lock } = inputs;
  const hash = contentHash(JSON.stringify([requirements, installer, lock]));
  return `${environmentNamePrefix(plugin, version)}${hash.slice(0, 12)}`;
}

/** What the names of all environments of a plugin's version begin with. */
export function environmentNamePrefix(plugin: string, version: string): string {
  return `${safe(plugin).slice(0, 40)}-${safe(version).slice(0, 24)}-`;
}

/** Windows knows no file named `con` or `con.anything`; a name that starts with a dot is hidden, and not plugo's. */
function safe(name: string): string {
  const plain = name.replaceAll("/", "+").replaceAll(/[^A-Za-z0-9._+@-]/g, "_");
  return plain.replace(/^(?=\.|(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))/i, "_");
}
