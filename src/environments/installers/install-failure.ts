import { plugoError, type PlugoError } from "../../kernel/plugo-error.ts";
import type { InstallerTool } from "./installer-tool.ts";
import type { InstallRequest } from "./installer.ts";
import type { InstallerEnd } from "./run-installer.ts";

/** How much of the installer's output an error shows. */
const shownLines = 40;

/** The error of an installation that did not come to a good end. */
export function installFailure(
  tool: InstallerTool,
  { plugin, timeoutMs }: Pick<InstallRequest, "plugin" | "timeoutMs">,
  end: InstallerEnd,
): PlugoError {
  const origin = plugin === undefined ? {} : { plugin };
  const who = { name: plugin, installer: tool.name };
  const lines = end.lines.slice(-shownLines);
  if (end.how === "aborted") return plugoError("PLUGO_INSTALL_ABORTED", who, origin);
  if (end.how === "timed out") return plugoError("PLUGO_INSTALL_TIMEOUT", { ...who, timeoutMs, lines }, origin);
  if (end.how === "not started") {
    const facts = { ...who, code: "not started", reason: `It could not be started: ${end.reason}.`, remedy: retry };
    return plugoError("PLUGO_INSTALL_FAILED", { ...facts, lines }, origin);
  }
  const text = textOf(end.lines);
  const fault = faults.find(({ signs }) => signs.test(text));
  if (fault?.kind === "frozen") {
    const reason = subjectIn(text, fault.subject) ?? "it does not fit the package.json beside it";
    return plugoError("PLUGO_INSTALL_FROZEN", { ...who, lockfile: tool.lockfile, reason }, origin);
  }
  const code = codeIn(text) ?? fault?.code ?? (end.exitCode === null ? "a signal" : `exit code ${end.exitCode}`);
  const subject = fault?.subject === undefined ? undefined : subjectIn(text, fault.subject);
  const reason = fault === undefined ? "What it says stands below." : fault.says(subject);
  const facts = { ...who, code, reason, remedy: fault?.remedy ?? retry, lines };
  return plugoError("PLUGO_INSTALL_FAILED", facts, origin);
}

/** What the output says: line by line, and then as one line, since pnpm 12 draws frames and breaks words in them. */
function textOf(lines: readonly string[]): string {
  const bare = lines.map((line) => line.replace(/^[\s\u2502\u251C\u2570\u2500\u25B6\u00D7]+/, ""));
  return `${bare.join("\n")}\n${bare
    .join("\n")
    .replaceAll(/([-/])\n/g, "$1")
    .replaceAll("\n", " ")}`;
}

/** The installer's own code; bun has none. */
function codeIn(text: string): string | undefined {
  return /npm (?:error|ERR!) code (\S+)/.exec(text)?.[1] ?? /\bERR_PNPM_[A-Z0-9_]+/.exec(text)?.[0];
}

function subjectIn(text: string, pattern: RegExp): string | undefined {
  const groups = pattern.exec(text)?.slice(1) ?? [];
  return groups
    .find((group) => group !== undefined)
    ?.replace(/%2f/i, "/")
    .replace(/\.$/, "");
}

interface FailureFault {
  readonly kind: "failure";
  /** What stands for an installer's own code when it has none. */
  readonly code: string;
  /** What the output has when it is this one. */
  readonly signs: RegExp;
  /** The package, in the first group that matches. */
  readonly subject?: RegExp;
  readonly says: (subject: string | undefined) => string;
  readonly remedy: string;
}

interface FrozenFault {
  readonly kind: "frozen";
  readonly signs: RegExp;
  readonly subject: RegExp;
}

const retry = "Correct what the lines name, and try again: plugo installs anew with the next change or start.";
const network =
  "Look at the network, the proxy and the registry's address; with everything in the cache, offline: true does without.";

const faults: readonly (FailureFault | FrozenFault)[] = [
  {
    kind: "frozen",
    signs:
      /npm (?:error|ERR!) code EUSAGE|ERR_PNPM_(?:OUTDATED_LOCKFILE|NO_LOCKFILE|LOCKFILE_CONFIG_MISMATCH)|lockfile is frozen/,
    subject: /npm (?:error|ERR!) ((?:Missing|Invalid): .*)|^[*] (\d+ dependenc.*)|^note: (dependencies in .*)/m,
  },
  {
    kind: "failure",
    code: "a script",
    signs: /npm (?:error|ERR!) command failed|ELIFECYCLE|LIFECYCLE_SCRIPT_FAILED|^error: \w+ script from/m,
    subject:
      /npm (?:error|ERR!) path .*?node_modules[\\/]((?:@[^\\/\s]+[\\/])?[^\\/\s]+)\s*$|node_modules\/((?:@[^/\s]+\/)?[^/\s]+) \w+: Failed|^error: \w+ script from "([^"]+)"/m,
    says: (subject) => `The install script of ${named(subject)} failed.`,
    remedy: "Install what the script needs (a compiler, say), or take the package out of allowScripts.",
  },
  {
    kind: "failure",
    code: "E401",
    signs: /code E40[13]\b|ERR_PNPM_FETCH_40[13]|^error: .* - 40[13]$/m,
    subject: /40[13] \w+ - GET \S+\/([^/\s]+) - |GET \S+\/([^/\s:]+): |^error: (\S+?)@[^@\s]* failed to resolve/m,
    says: (subject) => `The registry does not let this user read ${named(subject)}.`,
    remedy: "Give the scope its registry and a valid token in the application's .npmrc, or in that of the user.",
  },
  {
    kind: "failure",
    code: "E404",
    signs: /code E404\b|ERR_PNPM_FETCH_404|^error: .* - 404$/m,
    subject:
      /'(@?[^'@]+)@[^']*' (?:could not|is not)|GET \S+\/([^/\s:]+): |^error: (\S+?)@[^@\s]* failed to resolve|^error: GET \S+\/([^/\s]+) - 404$/m,
    says: (subject) => `The registry does not have ${named(subject)}, or does not show it to this user.`,
    remedy:
      "Correct the name in package.json; a private package needs its scope's registry and token in the application's .npmrc.",
  },
  {
    kind: "failure",
    code: "ETARGET",
    signs: /code ETARGET\b|ERR_PNPM_NO_MATCHING_VERSION|No version matching/,
    subject: /No matching version found for\s+(\S+)|^error: (\S+) failed to resolve/m,
    says: (subject) => `No version in the registry fits ${subject ?? "what is asked for"}.`,
    remedy: "Correct the range in package.json, or publish a version that it allows.",
  },
  {
    kind: "failure",
    code: "EINTEGRITY",
    signs: /code EINTEGRITY\b|ERR_PNPM_TARBALL_INTEGRITY|Integrity check failed|IntegrityCheckFailed/i,
    subject:
      /tarball data for (\S+?)@(?:https?:|\d)|(?:checksum for|integrity of)\s+"?\S+?\/((?:@[^/\s]+\/)?[^/\s]+)\/-\/|tarball: (\S+)/,
    says: (subject) =>
      `What was downloaded for ${named(subject)} is not what the registry or the lockfile promises; nothing of it was used.`,
    remedy: "Find out who changed it before anything else: the registry, a proxy, or the lockfile.",
  },
  {
    kind: "failure",
    code: "ENOTCACHED",
    signs: /code ENOTCACHED\b|ERR_PNPM_NO_OFFLINE_|in package mirror|^error: --offline/m,
    subject: /request to \S+\/([^/\s]+) failed|Failed to resolve (@?[^@\s]+)@\S|no cached \w+ for "([^"]+)"/,
    says: (subject) => `The cache does not have ${named(subject)}, and offline is set.`,
    remedy: "Install once with a network, or leave offline out.",
  },
  {
    kind: "failure",
    code: "ENOSPC",
    signs: /\bENOSPC\b|No space left on device/i,
    says: () => "The disk is full.",
    remedy: "Make room, and try again; what was half written is not used.",
  },
  {
    kind: "failure",
    code: "EACCES",
    signs: /code (?:EACCES|EPERM|EROFS)\b|\b(?:EACCES|EROFS)\b/,
    says: () => "A folder that it writes to, its cache or the environment's, does not allow that.",
    remedy: "Let this user write there, or set another cache (npm_config_cache).",
  },
  {
    kind: "failure",
    code: "EBADENGINE",
    signs: /code EBADENGINE\b|ERR_PNPM_UNSUPPORTED_ENGINE/,
    subject:
      /Not compatible with your version of node\/npm: (\S+)|incompatible with "([^"]+)"|Unsupported engine for (\S+?):/,
    says: (subject) => `${named(subject, "A package")} does not run on Node.js ${process.versions.node}.`,
    remedy: "Use a version of the package that does, or another Node.js.",
  },
  {
    kind: "failure",
    code: "EBADPLATFORM",
    signs: /code EBADPLATFORM\b|ERR_PNPM_UNSUPPORTED_PLATFORM/,
    subject: /Unsupported platform for (\S+?):/,
    says: (subject) => `${named(subject, "A package")} is not made for ${process.platform} ${process.arch}.`,
    remedy: "Put it into optionalDependencies if the plugin can do without, or use another.",
  },
  {
    kind: "failure",
    code: "no answer",
    signs:
      /\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|EIDLETIMEOUT|FETCH_ERROR|ERR_SOCKET_TIMEOUT)\b|ERR_PNPM_META_FETCH_FAIL|NETWORK_ERROR|error (?:sending request|decoding response)|\b(?:Connection(?:Refused|Closed|Reset)|DNSResolveFailed|FailedToOpenSocket|Timeout|timed out)\b/,
    says: () => "The registry did not answer, or not in time.",
    remedy: network,
  },
  {
    kind: "failure",
    code: "E500",
    signs: /code E5\d\d\b|ERR_PNPM_FETCH_5\d\d|^error: .* - 5\d\d$/m,
    subject: /- GET \S+\/([^/\s]+)|GET \S+\/([^/\s:]+): |^error: (\S+?)@[^@\s]* failed to resolve/m,
    says: (subject) => `The registry failed when it was asked for ${named(subject)}.`,
    remedy: network,
  },
];

function named(subject: string | undefined, otherwise = "a package"): string {
  return subject === undefined ? otherwise : `"${subject}"`;
}
