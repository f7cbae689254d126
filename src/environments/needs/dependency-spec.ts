import { isPackageName } from "../../manifest/package-manifest.ts";
import { isVersionRange } from "../../manifest/semver-range.ts";

/** What stands behind a package's name in `dependencies`, as npm reads it. */
export type DependencySpec =
  | { readonly kind: "range"; readonly range: string }
  | { readonly kind: "tag"; readonly tag: string }
  /** Another package of the registry under this name; its `spec` is a range or a tag. */
  | { readonly kind: "alias"; readonly name: string; readonly spec: string }
  /** A folder or an archive, relative to the plugin's folder or absolute. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "git" }
  | { readonly kind: "http" }
  /** `workspace:`, `catalog:`, `link:` and others, which mean something only in the application's own package.json. */
  | { readonly kind: "protocol"; readonly protocol: string }
  | { readonly kind: "unknown" };

/** @param spec Without white space around it, as `PackageSpecs` holds it. */
export function classifySpec(spec: string): DependencySpec {
  if (spec === "" || spec === "*") return { kind: "range", range: "*" };
  if (isVersionRange(spec)) return { kind: "range", range: spec };
  if (spec.startsWith("npm:")) return classifyAlias(spec.slice(4));
  if (spec.startsWith("file:")) return { kind: "file", path: pathOfFileSpec(spec) };
  if (looksLikePath.test(spec)) return { kind: "file", path: spec };
  // As in "git@github.com:owner/repository".
  if (/^[^/@:]+@[^/:]+:/.test(spec)) return { kind: "git" };
  const protocol = /^([a-z][a-z0-9+.-]*):/i.exec(spec)?.[1]?.toLowerCase();
  if (protocol !== undefined) return classifyProtocol(protocol);
  if (shorthand.test(spec)) return { kind: "git" };
  if (/[/\\]|\.(?:tgz|tar|tar\.gz)$/i.test(spec)) return { kind: "file", path: spec };
  return isTag(spec) ? { kind: "tag", tag: spec } : { kind: "unknown" };
}

const looksLikePath = /^(?:\.{1,2}(?:[/\\]|$)|[/\\]|~[/\\]|[a-z]:[/\\])/i;
/** `owner/repository`, at GitHub, with an optional branch or commit. */
const shorthand = /^[^@/\\#\s]+\/[^/\\#\s]+(?:#.*)?$/;
const gitHosts: ReadonlySet<string> = new Set(["git", "ssh", "github", "gitlab", "bitbucket", "gist", "sourcehut"]);

function classifyAlias(target: string): DependencySpec {
  const at = target.indexOf("@", 1);
  const name = at === -1 ? target : target.slice(0, at);
  const spec = at === -1 ? "" : target.slice(at + 1).trim();
  const { kind } = spec.startsWith("npm:") ? { kind: "unknown" } : classifySpec(spec);
  if (!isPackageName(name) || (kind !== "range" && kind !== "tag")) return { kind: "unknown" };
  return { kind: "alias", name, spec: spec === "" ? "*" : spec };
}

/** npm takes `file:path`, `file:./path` and `file:///path`. */
function pathOfFileSpec(spec: string): string {
  const path = spec.slice("file:".length).replace(/^\/\/(?=[/.~])/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function classifyProtocol(protocol: string): DependencySpec {
  if (protocol === "http" || protocol === "https") return { kind: "http" };
  if (gitHosts.has(protocol) || protocol.startsWith("git+")) return { kind: "git" };
  return { kind: "protocol", protocol };
}

function isTag(text: string): boolean {
  try {
    return encodeURIComponent(text) === text;
  } catch {
    return false;
  }
}
