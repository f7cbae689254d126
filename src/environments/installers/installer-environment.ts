import { realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathOf } from "./find-installer.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment variables that an installer runs with: those of the host, without what `npm run`, the debugger or the
 * test runner have put there for this process alone, and with its own settings.
 *
 * `npm run` hands on every setting that is not at its default as `npm_config_…`, be it from a file or from the command
 * line of that one `npm run`. Kept are those that say where packages come from and how they are reached; the files,
 * which the installer reads itself, hold the rest.
 */
export function installerEnvironment(env: Env, settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && isKept(name));
  const nodeOptions = keptNodeOptions(env["NODE_OPTIONS"] ?? "");
  return {
    ...Object.fromEntries(kept),
    ...asPnpmReadsThem(kept),
    ...withOwnNodeFirst(env),
    CI: env["CI"] ?? "true",
    NO_COLOR: "1",
    GIT_TERMINAL_PROMPT: "0",
    ...(nodeOptions === "" ? {} : { NODE_OPTIONS: nodeOptions }),
    ...settings,
  };
}

/** Settings about where packages are and how they are reached, and about what builds them. */
const keptSettings = new Set(
  [
    ["registry", "userconfig", "globalconfig", "prefix", "cache", "store_dir", "cache_dir", "state_dir"],
    ["proxy", "http_proxy", "https_proxy", "noproxy", "ca", "cafile", "cert", "key", "strict_ssl", "local_address"],
    ["maxsockets", "network_concurrency", "before", "min_release_age", "minimum_release_age", "npmrc_auth_file"],
    ["nodedir", "python", "msvs_version", "node_gyp", "disturl", "engine_strict"],
  ].flat(),
);

const ofThisProcess = new Set(
  [
    ["NODE_OPTIONS", "NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE", "NODE_UNIQUE_ID", "NODE_TEST_CONTEXT"],
    ["NODE_V8_COVERAGE", "WATCH_REPORT_DEPENDENCIES", "VSCODE_INSPECTOR_OPTIONS", "INIT_CWD", "FORCE_COLOR"],
    ["PNPM_PACKAGE_NAME", "PNPM_SCRIPT_SRC_DIR"],
  ].flat(),
);

function isKept(name: string): boolean {
  const setting = /^p?npm_config_(.*)$/i.exec(name)?.[1];
  // Scopes and what belongs to one registry are written as they are: npm_config_//host/:_authToken.
  if (setting !== undefined) return /^[@/]/.test(setting) || keptSettings.has(setting.toLowerCase());
  return !/^npm_/i.test(name) && !ofThisProcess.has(name.toUpperCase());
}

/** From 11 on, pnpm reads no `npm_config_…`. What is set for it by its own name counts. */
function asPnpmReadsThem(kept: readonly (readonly [string, string | undefined])[]): Record<string, string | undefined> {
  const own = new Set(kept.map(([name]) => name.toLowerCase()));
  const mirrored = kept.flatMap(([name, value]): [string, string | undefined][] => {
    const other = /^npm_config_/i.test(name) ? `p${name.toLowerCase()}` : undefined;
    return other === undefined || own.has(other) ? [] : [[other, value]];
  });
  return Object.fromEntries(mirrored);
}

/** Options about certificates, the network and memory; none that loads a module or opens a debugger. */
const keptNodeOption =
  /^--(?:use-(?:openssl|bundled|system)-ca|use-env-proxy|openssl-|tls-|dns-result-order|(?:no-)?network-family-|max-old-space-size|max-http-header-size)/;

function keptNodeOptions(options: string): string {
  const words = options.match(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  const isKeptWord = (word: string, index: number): boolean => {
    if (word.startsWith("-")) return keptNodeOption.test(word.replaceAll("_", "-"));
    const option = words[index - 1] ?? "";
    return option.startsWith("-") && !option.includes("=") && isKeptWord(option, index - 1);
  };
  return words.filter(isKeptWord).join(" ");
}

/** Scripts that build an addon are to build it for the Node.js that runs now, and not for another in `PATH`. */
function withOwnNodeFirst(env: Env): Record<string, string> {
  const isWindows = process.platform === "win32";
  const folders = pathOf(env);
  const name = Object.keys(env).find((each) => each.toUpperCase() === "PATH") ?? "PATH";
  const first = folders.map((folder) => realFile(join(folder, isWindows ? "node.exe" : "node"))).find(Boolean);
  if (first === realFile(process.execPath)) return {};
  return { [name]: [dirname(process.execPath), ...folders].join(delimiter) };
}

function realFile(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
