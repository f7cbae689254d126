/** One code of the catalogue: a title for the reference, and the two sentences a user reads. */
export interface CatalogueEntry<Facts> {
  readonly title: string;
  readonly message: (facts: Facts) => string;
  readonly remedy: (facts: Facts) => string;
}

/** A place in a file, as `file:line:column` with 1-based numbers. */
type At = string;

/** Whose npm dependencies were to be installed, and with what; no name means the application's own. */
interface InstallOf {
  name: string | undefined;
  installer: string;
}

/** The facts that each code is reported with. Codes are permanent. */
export interface ErrorFacts {
  PLUGO_OPTION_INVALID: { option: string; expected: string; actual: string; call?: string };
  PLUGO_OPTION_UNKNOWN: { option: string; nearest: string | undefined; call?: string };
  PLUGO_DIRECTORY_UNREADABLE: { path: string; reason: string };
  PLUGO_CONFIG_UNREADABLE: { file: string; reason: string };
  PLUGO_CONFIG_INVALID: { file: string; findings: readonly string[] };
  PLUGO_CONFIG_ABSENT: { name: string };
  PLUGO_CONFIG_UNWRITABLE: { file: string; reason: string };
  PLUGO_NESTED_VIEW: { path: string };
  PLUGO_CLOSED: { operation: string };
  PLUGO_EVENT_UNKNOWN: { event: string; known: string };
  PLUGO_INTERNAL: { detail: string };
  PLUGO_ABORTED: Record<never, never>;
  PLUGO_STRICT: { problems: readonly string[] };
  PLUGO_UNKNOWN_PLUGIN: { name: string; where: string; nearest: string | undefined; orPackage?: boolean };
  PLUGO_NAME_INVALID: { name: string; where: string };
  PLUGO_NAME_CASE: { name: string; other: string; directory: string };
  PLUGO_NAME_DUPLICATE: { name: string; used: string; ignored: string };
  PLUGO_CONFIG_CONTRADICTION: { name: string; enabledAt: At; disabledAt: At };
  PLUGO_MANIFEST_MISSING: { folder: string; where: string };
  PLUGO_MANIFEST_INVALID: { file: string; findings: readonly string[] };
  PLUGO_PLUGIN_CONFIG_INVALID: { name: string; where: string; findings: readonly string[] };
  PLUGO_CORE_VERSION: { name: string; range: string; actual: string; file: string };
  PLUGO_DEPENDENCY_VERSION: { name: string; dependency: string; range: string; actual: string; file: string };
  PLUGO_DEPENDENCY_MISSING: {
    chain: string;
    missing: string;
    needer: string;
    file: string;
    nearest: string | undefined;
  };
  PLUGO_DEPENDENCY_DISABLED: { chain: string; disabled: string; where: string };
  PLUGO_DEPENDENCY_FAILED: { chain: string; failed: string };
  PLUGO_CYCLE: { path: readonly string[] };
  PLUGO_DEPENDENCY_REFUSED: { name: string; findings: readonly string[]; hostFile: string };
  PLUGO_PEER_VERSION: { name: string; findings: readonly string[] };
  PLUGO_LOCK_MISSING: { name: string; lockfile: string; folder: string };
  PLUGO_ENVIRONMENT_LOCKED: { name: string; lock: string; owner: string; waitedMs: number };
  PLUGO_ENVIRONMENT_UNWRITABLE: { name: string; folder: string; reason: string };
  PLUGO_ENVIRONMENT_INCOMPLETE: { name: string; installer: string; missing: readonly string[] };
  PLUGO_LINK_UNWRITABLE: { folder: string; reason: string };
  PLUGO_HOST_CONFLICT: { name: string; findings: readonly string[] };
  PLUGO_ENTRY_MISSING: { folder: string; looked: string; hint: string | undefined };
  PLUGO_SYNTAX: { at: At; detail: string; frame: string | undefined };
  PLUGO_IMPORT_NOT_FOUND: { specifier: string; at: At; frame: string | undefined; hint: string | undefined };
  PLUGO_IMPORT_NAME_MISSING: {
    specifier: string;
    name: string;
    at: At;
    frame: string | undefined;
    nearest: string | undefined;
  };
  PLUGO_IMPORT_CASE: { specifier: string; at: At; actual: string; frame: string | undefined };
  PLUGO_IMPORT_UNDECLARED: { specifier: string; at: At; other: string; frame: string | undefined };
  PLUGO_IMPORT_HOST_FILE: { specifier: string; at: At; reason: string; frame: string | undefined };
  PLUGO_DECORATORS: { at: At };
  PLUGO_EVALUATION: { file: string; detail: string; stack: string };
  PLUGO_LOAD_TIMEOUT: { name: string; timeoutMs: number };
  PLUGO_CACHE_UNWRITABLE: { folder: string; reason: string };
  PLUGO_REQUIRE_ESM: { specifier: string; at: At; frame: string | undefined };
  PLUGO_MODULE_UNLOADABLE: { name: string; modulePath: string; where: string; detail: string };
  PLUGO_NO_INIT: { file: string; found: readonly string[]; hint: string | undefined };
  PLUGO_INIT_FAILED: { name: string; detail: string; stack: string; worked: boolean };
  PLUGO_INIT_TIMEOUT: { name: string; timeoutMs: number };
  PLUGO_BEFORE_SWAP_FAILED: { name: string; label: string; detail: string; stack: string };
  PLUGO_NOT_SWAPPED: { name: string; because: string };
  PLUGO_UNDO_FAILED: { name: string; label: string; detail: string; stack: string };
  PLUGO_UNDO_TIMEOUT: { name: string; label: string; timeoutMs: number };
  PLUGO_DRAIN_TIMEOUT: { name: string; timeoutMs: number; holds: number };
  PLUGO_NOT_ACTIVE: { name: string; reason: string };
  PLUGO_NOT_DECLARED: { name: string; dependency: string };
  PLUGO_ROUTE_PREFIX_INVALID: { name: string; prefix: string; where: string };
  PLUGO_ROUTE_PREFIX_TAKEN: { name: string; other: string; prefix: string; where: string };
  PLUGO_PACKAGE_MISSING: { name: string; package: string; purpose: string };
  PLUGO_INSTALLER_MISSING: { installer: string; modules: string };
  PLUGO_INSTALL_FAILED: InstallOf & { code: string; reason: string; remedy: string; lines: readonly string[] };
  PLUGO_INSTALL_TIMEOUT: InstallOf & { timeoutMs: number; lines: readonly string[] };
  PLUGO_INSTALL_FROZEN: InstallOf & { lockfile: string; reason: string };
  PLUGO_INSTALL_ABORTED: InstallOf;
  PLUGO_CONSOLIDATE_CONFLICT: {
    conflicts: readonly { package: string; requirements: readonly { plugin: string; range: string; where: At }[] }[];
    /** Whether another strategy would do: one range is higher than another, and a tag or an address is not. */
    strategy: "error" | "highest";
  };
  PLUGO_CONSOLIDATE_OUTSIDE: { findings: readonly string[]; folder: string };
  PLUGO_CONSOLIDATE_UNWRITABLE: { file: string; reason: string };
  PLUGO_WATCH_REFUSED: { path: string; reason: string; intervalMs: number };
  PLUGO_RESTART_NEEDED: { file: string; name: string | undefined };
  PLUGO_RELOAD_LOOP: { name: string; file: string; times: number };
  PLUGO_GENERATION_LEAK: {
    name: string;
    alive: number;
    holders: readonly string[];
    files: readonly string[];
  };
  PLUGO_LEFT_BEHIND: { name: string; left: readonly string[] };
  PLUGO_PROJECT_INVALID: { file: string; findings: readonly string[] };
  PLUGO_PROJECT_EMPTY: { folder: string; looked: readonly string[] };
  PLUGO_PROJECT_NO_CONFIG: { name: string; operation: "enable" | "disable" };
  PLUGO_NEW_NO_NAME: { kind: "plugin" | "application"; example: string };
  PLUGO_NEW_NAME: { name: string; reason: string };
  PLUGO_NEW_VALUE: { option: string; expected: string; actual: string };
  PLUGO_NEW_EXISTS: { folder: string; canForce: boolean };
  PLUGO_FOLDER_UNWRITABLE: { folder: string; reason: string; option: "--output-dir" | "--home" };
  PLUGO_TEMPLATE_MISSING: { template: string; folder: string };
  PLUGO_INTERRUPTED: { state: string };
  PLUGO_COMMAND_BROKEN: { command: string; from: string; reason: string };
  PLUGO_COMMAND_FAILED: { command: string; from: string; detail: string };
}

const list = (items: readonly string[]): string => items.map((item) => `\n  - ${item}`).join("");
const correct = (stack: string): string =>
  stack === "" ? "Throw an Error, whose stack says where" : "Correct what the stack points at";
const framed = (text: string, frame: string | undefined): string =>
  frame === undefined || frame === "" ? text : `${text}\n${frame}`;
const didYouMean = (nearest: string | undefined): string =>
  nearest === undefined ? "" : ` Did you mean "${nearest}"?`;

/**
 * Every fault that plugo reports, as data. A message says what happened, to which plugin, and where; the remedy is the
 * next action. Codes are permanent.
 */
export const catalogue: { readonly [Code in keyof ErrorFacts]: CatalogueEntry<ErrorFacts[Code]> } = {
  // The host's own mistakes
  PLUGO_OPTION_INVALID: {
    title: "An option has a value that plugo cannot use.",
    message: ({ option, expected, actual }) => `The option "${option}" must be ${expected}, but it is ${actual}.`,
    remedy: ({ option, call = "loadPlugins" }) => `Correct "${option}" in the call of ${call}.`,
  },
  PLUGO_OPTION_UNKNOWN: {
    title: "An option that plugo does not have.",
    message: ({ option, nearest, call = "loadPlugins" }) => `${call} has no option "${option}".${didYouMean(nearest)}`,
    remedy: ({ option, call = "loadPlugins" }) => `Correct or remove "${option}" in the call of ${call}.`,
  },
  PLUGO_DIRECTORY_UNREADABLE: {
    title: "The plugin directory is missing or cannot be read.",
    message: ({ path, reason }) => `The plugin directory "${path}" cannot be read: ${reason}.`,
    remedy: ({ path }) => `Create "${path}", or correct the option "pluginDirectory".`,
  },
  PLUGO_CONFIG_UNREADABLE: {
    title: "The config file is missing or cannot be read.",
    message: ({ file, reason }) => `The config file "${file}" cannot be read: ${reason}.`,
    remedy: ({ file }) => `Create "${file}" with { "plugins": [] }, or correct the option "configPath".`,
  },
  PLUGO_CONFIG_INVALID: {
    title: "The config file is not valid.",
    message: ({ file, findings }) => `The config file "${file}" is not valid:${list(findings)}`,
    remedy: ({ file }) =>
      `Correct "${file}"; an entry looks like { "name": "sample_plugin", "enabled": true, "config": {} }.`,
  },
  PLUGO_CONFIG_ABSENT: {
    title: "A wish cannot be kept without a config file.",
    message: ({ name }) => `"${name}" cannot be switched with "persist": the host was started without a config file.`,
    remedy: () => `Pass "configPath" to loadPlugins, or leave "persist" out.`,
  },
  PLUGO_CONFIG_UNWRITABLE: {
    title: "The config file cannot be written.",
    message: ({ file, reason }) => `The config file "${file}" cannot be written: ${reason}.`,
    remedy: ({ file }) => `Make "${file}" and its folder writable.`,
  },
  PLUGO_NESTED_VIEW: {
    title: "A per-plugin value is nested in the context.",
    message: ({ path }) => `The context holds a per-plugin value at "${path}", where plugo cannot replace it.`,
    remedy: ({ path }) => `Move it to the top level of "context", as context.${path.split(".").at(-1)}.`,
  },
  PLUGO_CLOSED: {
    title: "The host is closed.",
    message: ({ operation }) => `${operation} came to nothing: the host is closed.`,
    remedy: () => "Call loadPlugins again for a new host.",
  },
  PLUGO_EVENT_UNKNOWN: {
    title: "An event that there is not.",
    message: ({ event, known }) => `There is no event "${event}"; there is "${known}".`,
    remedy: ({ known }) => `Listen to "${known}".`,
  },
  PLUGO_INTERNAL: {
    title: "A fault of plugo itself.",
    message: ({ detail }) => `plugo did something that it should not: ${detail}.`,
    remedy: () => "Report it with the lines before it; restart the application if something is missing.",
  },
  PLUGO_ABORTED: {
    title: "Loading was aborted.",
    message: () => "Loading the plugins was aborted by its signal; everything that had started was undone.",
    remedy: () => "Call loadPlugins again when the plugins are wanted.",
  },
  PLUGO_STRICT: {
    title: "A wanted plugin is not active, and strict is set.",
    message: ({ problems }) => `Not every wanted plugin is active:${list(problems)}`,
    remedy: () => `Correct what is listed, or leave "strict" out to run what can run.`,
  },
  PLUGO_UNKNOWN_PLUGIN: {
    title: "A name that nothing provides.",
    message: ({ name, where, nearest }) =>
      `No plugin is named "${name}", which ${where} asks for.${didYouMean(nearest)}`,
    remedy: ({ name, where, orPackage = false }) => {
      const ways = `Add a folder "${name}" with a metadata.json, ${orPackage ? "install a package of that name, " : ""}`;
      return `${ways}or correct the name in ${where}.`;
    },
  },
  PLUGO_NAME_INVALID: {
    title: "A plugin name that could leave the plugin directory.",
    message: ({ name, where }) => `${where} holds the name ${JSON.stringify(name)}, which no plugin can have.`,
    remedy: () => `Use a folder name of letters, digits, "_", "-" and ".", which does not start with ".".`,
  },
  PLUGO_NAME_CASE: {
    title: "Two plugin names differ only by case.",
    message: ({ name, other, directory }) =>
      `"${name}" and "${other}" differ only by case, which some file systems cannot tell apart (in "${directory}").`,
    remedy: ({ name }) => `Rename the folder "${name}".`,
  },
  PLUGO_NAME_DUPLICATE: {
    title: "The same plugin name in two directories.",
    message: ({ name, used, ignored }) => `"${name}" is in two directories: "${used}" is used, "${ignored}" is not.`,
    remedy: ({ ignored }) => `Rename or remove "${ignored}".`,
  },
  PLUGO_CONFIG_CONTRADICTION: {
    title: "The config both enables and disables a plugin.",
    message: ({ name, enabledAt, disabledAt }) => `"${name}" is enabled at ${enabledAt} and disabled at ${disabledAt}.`,
    remedy: () => "Keep one of the two entries.",
  },

  // Manifests and plugin configuration
  PLUGO_MANIFEST_MISSING: {
    title: "A wanted folder has no metadata.json.",
    message: ({ folder, where }) => `"${folder}", which ${where} asks for, has no metadata.json.`,
    remedy: ({ folder }) => `Create "${folder}/metadata.json"; {} is enough.`,
  },
  PLUGO_MANIFEST_INVALID: {
    title: "A metadata.json or package.json is not valid.",
    message: ({ file, findings }) => `"${file}" is not valid:${list(findings)}`,
    remedy: ({ file }) => `Correct "${file}".`,
  },
  PLUGO_PLUGIN_CONFIG_INVALID: {
    title: "A plugin's config does not fit its config_schema.",
    message: ({ name, where, findings }) => `The config of "${name}" in ${where} is not valid:${list(findings)}`,
    remedy: ({ name, where }) => `Correct the "config" of "${name}" in ${where}.`,
  },

  // The plan
  PLUGO_CORE_VERSION: {
    title: "The application's version does not meet core_version.",
    message: ({ name, range, actual }) => `"${name}" needs the application at ${range}, but it is ${actual}.`,
    remedy: ({ file }) => `Use a version of the plugin for this application, or correct "core_version" in "${file}".`,
  },
  PLUGO_DEPENDENCY_VERSION: {
    title: "A dependency's version does not meet the range.",
    message: ({ name, dependency, range, actual }) =>
      `"${name}" needs "${dependency}" at ${range}, but it is ${actual}.`,
    remedy: ({ dependency, file }) => `Use another version of "${dependency}", or correct the range in "${file}".`,
  },
  PLUGO_DEPENDENCY_MISSING: {
    title: "A dependency does not exist.",
    message: ({ chain, nearest }) => `${chain}.${didYouMean(nearest)}`,
    remedy: ({ missing, needer, file }) =>
      `Add the plugin "${missing}", or remove it from the dependencies of "${needer}" in "${file}".`,
  },
  PLUGO_DEPENDENCY_DISABLED: {
    title: "A dependency is disabled.",
    message: ({ chain }) => `${chain}.`,
    remedy: ({ disabled, where }) => `Enable "${disabled}" (${where}), or disable what needs it.`,
  },
  PLUGO_DEPENDENCY_FAILED: {
    title: "A dependency does not run.",
    message: ({ chain }) => `${chain}.`,
    remedy: ({ failed }) => `Mend "${failed}"; what needs it starts with it.`,
  },
  PLUGO_CYCLE: {
    title: "Plugins depend on each other in a circle.",
    message: ({ path }) => `The plugins depend on each other in a circle: ${path.join(" → ")}.`,
    remedy: ({ path }) =>
      `Remove one of these dependencies, or move it to "optional_dependencies" in the metadata.json of "${path[0]}".`,
  },

  // Environments
  PLUGO_DEPENDENCY_REFUSED: {
    title: "A plugin's package comes from elsewhere than the registry.",
    message: ({ name, findings }) => `"${name}" asks for packages that plugo does not install:${list(findings)}`,
    remedy: ({ hostFile }) =>
      `Use a version from the registry, or put the package into the plugin's folder; the application allows one in "plugo" of "${hostFile}".`,
  },
  PLUGO_PEER_VERSION: {
    title: "The application does not have a package that a plugin takes from it.",
    message: ({ name, findings }) =>
      `"${name}" takes packages from the application that it does not have:${list(findings)}`,
    remedy: () =>
      "Install a version that fits in the application (npm install <name>@<version>), or use a version of the plugin for the one that is there.",
  },
  PLUGO_LOCK_MISSING: {
    title: "There is no lockfile, and only what one says may be installed.",
    message: ({ name, lockfile, folder }) =>
      `The packages of "${name}" cannot be installed: "frozen" is set, and "${folder}" has no ${lockfile}.`,
    remedy: ({ lockfile, folder }) =>
      `Put a ${lockfile} beside the package.json in "${folder}", or install once without "frozen".`,
  },
  PLUGO_ENVIRONMENT_LOCKED: {
    title: "Another process did not finish installing in time.",
    message: ({ name, owner, waitedMs }) =>
      `The packages of "${name}" were still being installed by ${owner} after ${Math.round(waitedMs / 1000)} s.`,
    remedy: ({ lock }) => `Look what that process does; if it does nothing for plugo, remove "${lock}".`,
  },
  PLUGO_ENVIRONMENT_UNWRITABLE: {
    title: "A plugin's packages have to be installed, and cannot be written.",
    message: ({ name, folder, reason }) =>
      `The packages of "${name}" are not installed, and cannot be written to "${folder}": ${reason}.`,
    remedy: ({ folder }) =>
      `Make room in "${folder}" and make it writable, or install before the application starts and leave it as it is then.`,
  },
  PLUGO_ENVIRONMENT_INCOMPLETE: {
    title: "An installer left out what it was asked for.",
    message: ({ name, installer, missing }) =>
      `${installer} reported no fault, but these packages of "${name}" are not there: ${missing.join(", ")}.`,
    remedy: () => "Try again; if it stays, install the same packages by hand and look what the installer says.",
  },
  PLUGO_LINK_UNWRITABLE: {
    title: "A plugin's node_modules cannot be made.",
    message: ({ folder, reason }) => `"${folder}" cannot lead to the plugin's packages: ${reason}.`,
    remedy: () =>
      "What plugin files import is found all the same. Editors, require.resolve.paths and files that other tools read from there do not find them; make the folder writable for those.",
  },
  PLUGO_HOST_CONFLICT: {
    title: "Packages of plugins do not fit into the application together.",
    message: ({ name, findings }) =>
      `The packages of "${name}" cannot be installed into the application:${list(findings)}`,
    remedy: () => "Give each plugin its own packages (PLUGO_USE_VENVS=true), or make the ranges agree.",
  },

  // The engine
  PLUGO_ENTRY_MISSING: {
    title: "The plugin's code is missing.",
    message: ({ folder, looked }) => `"${folder}" has no ${looked}.`,
    remedy: ({ folder, hint }) => hint ?? `Create "${folder}/plugin.ts" with an exported initPlugin.`,
  },
  PLUGO_SYNTAX: {
    title: "A file of the plugin is not valid code.",
    message: ({ at, detail, frame }) => framed(`Syntax error in ${at}: ${detail}`, frame),
    remedy: ({ at }) => `Correct ${at}.`,
  },
  PLUGO_IMPORT_NOT_FOUND: {
    title: "An import cannot be found.",
    message: ({ specifier, at, frame }) => framed(`Cannot find "${specifier}", imported in ${at}.`, frame),
    remedy: ({ specifier, hint }) => hint ?? `Correct the path, or create the file that "${specifier}" means.`,
  },
  PLUGO_IMPORT_NAME_MISSING: {
    title: "An imported name is not exported.",
    message: ({ specifier, name, at, frame }) =>
      framed(`"${specifier}" has no export named "${name}", imported in ${at}.`, frame),
    remedy: ({ specifier, name, nearest }) =>
      `Export "${name}" from "${specifier}", or correct the import.${didYouMean(nearest)}`,
  },
  PLUGO_IMPORT_CASE: {
    title: "An import's case differs from the file's.",
    message: ({ specifier, at, actual, frame }) =>
      framed(`"${specifier}", imported in ${at}, differs by case from the file "${actual}".`, frame),
    remedy: ({ actual }) => `Write the import exactly as the file is named: "${actual}".`,
  },
  PLUGO_IMPORT_UNDECLARED: {
    title: "A plugin imports another one's file without depending on it.",
    message: ({ specifier, at, other, frame }) =>
      framed(`"${specifier}", imported in ${at}, belongs to the plugin "${other}", which is not a dependency.`, frame),
    remedy: ({ other }) => `Add "${other}" to "dependencies" in metadata.json, or use "import type" for types.`,
  },
  PLUGO_IMPORT_HOST_FILE: {
    title: "A host file cannot be imported.",
    message: ({ specifier, at, reason, frame }) =>
      framed(
        `"${specifier}", imported in ${at}, is a file of the application that Node.js cannot import: ${reason}`,
        frame,
      ),
    remedy: () =>
      "Import the built JavaScript file, start Node.js with a TypeScript loader, or hand the object over in the context.",
  },
  PLUGO_DECORATORS: {
    title: "Standard decorators need esbuild.",
    message: ({ at }) => `${at} uses standard decorators, which need the optional package esbuild to be lowered.`,
    remedy: () =>
      `Run "npm install esbuild", or set "experimentalDecorators": true in a tsconfig.json for legacy decorators.`,
  },
  PLUGO_EVALUATION: {
    title: "A file of the plugin threw while it was loaded.",
    message: ({ file, detail, stack }) => framed(`Loading "${file}" failed: ${detail}`, stack),
    remedy: () => "Correct what the stack points at; code that can fail belongs in initPlugin.",
  },
  PLUGO_LOAD_TIMEOUT: {
    title: "Loading a plugin's files took too long.",
    message: ({ name, timeoutMs }) =>
      `The files of "${name}" did not finish loading within ${timeoutMs} ms: a top-level await has not settled.`,
    remedy: () => `Move slow work from the top level into initPlugin, or raise "init_timeout_ms" in metadata.json.`,
  },
  PLUGO_CACHE_UNWRITABLE: {
    title: "The transform cache cannot be written.",
    message: ({ folder, reason }) => `The transform cache in "${folder}" cannot be written: ${reason}.`,
    remedy: () => "Transforms stay in memory; make the folder writable for a faster start.",
  },
  PLUGO_REQUIRE_ESM: {
    title: "A CommonJS file requires an ES module of the plugin.",
    message: ({ specifier, at, frame }) =>
      framed(`"${specifier}", required in ${at}, is an ES module, which require cannot load here.`, frame),
    remedy: ({ specifier }) => `Use await import("${specifier}"), or name the file .cjs and write it as CommonJS.`,
  },
  PLUGO_MODULE_UNLOADABLE: {
    title: "A module that stands for a plugin cannot be imported.",
    message: ({ name, modulePath, where, detail }) =>
      `The module "${modulePath}" of the plugin "${name}" (${where}) cannot be imported: ${detail}`,
    remedy: ({ modulePath }) => `Install "${modulePath}" in the application, or correct its path.`,
  },

  // The host
  PLUGO_NO_INIT: {
    title: "The plugin exports no initPlugin.",
    message: ({ file, found }) =>
      `"${file}" exports no function initPlugin; it exports ${found.length === 0 ? "nothing" : found.join(", ")}.`,
    remedy: ({ hint }) => hint ?? "Export it: export function initPlugin(context, plugin) { … }",
  },
  PLUGO_INIT_FAILED: {
    title: "initPlugin threw.",
    message: ({ name, detail, stack }) => framed(`initPlugin of "${name}" failed: ${detail}`, stack),
    remedy: ({ worked, stack }) =>
      worked
        ? `${correct(stack)}. It worked before: if it claims something that exists once per process (a port, a metric, a model), set "reload": "restart" in metadata.json and undo it with plugin.defer, or get it when it is there already.`
        : `${correct(stack)}; everything it had started was undone.`,
  },
  PLUGO_INIT_TIMEOUT: {
    title: "initPlugin took too long.",
    message: ({ name, timeoutMs }) => `initPlugin of "${name}" did not finish within ${timeoutMs} ms.`,
    remedy: () => `Look for a promise that never settles, or raise "init_timeout_ms" in metadata.json (0 = no limit).`,
  },
  PLUGO_BEFORE_SWAP_FAILED: {
    title: "A plugin could not get ready for service.",
    message: ({ name, label, detail, stack }) =>
      framed(`"${name}" could not be put in service: ${label} failed: ${detail}`, stack),
    remedy: () => "Correct what is named; the plugin is not in service until then.",
  },
  PLUGO_NOT_SWAPPED: {
    title: "A new generation was thrown away because of a neighbour.",
    message: ({ name, because }) =>
      `The change of "${name}" waits: "${because}", which it is connected with, failed in the same change. What ran before keeps running.`,
    remedy: ({ because }) => `Mend "${because}"; both change together then.`,
  },
  PLUGO_UNDO_FAILED: {
    title: "Undoing something a plugin had started failed.",
    message: ({ name, label, detail, stack }) => framed(`Disposing "${name}": ${label} failed: ${detail}`, stack),
    remedy: ({ stack }) =>
      `Correct what ${stack === "" ? "is named" : "the stack points at"}; the remaining undos ran.`,
  },
  PLUGO_UNDO_TIMEOUT: {
    title: "Undoing something a plugin had started took too long.",
    message: ({ name, label, timeoutMs }) => `Disposing "${name}": ${label} did not finish within ${timeoutMs} ms.`,
    remedy: ({ label }) => `Look for a promise that never settles in ${label}; the remaining undos ran.`,
  },
  PLUGO_DRAIN_TIMEOUT: {
    title: "Work in flight did not end in time.",
    message: ({ name, timeoutMs, holds }) =>
      `The old generation of "${name}" still had ${holds} in flight after ${timeoutMs} ms and was disposed all the same.`,
    remedy: () => `End long-lived work when plugin.draining aborts.`,
  },
  PLUGO_NOT_ACTIVE: {
    title: "A plugin's API was asked for while it is not active.",
    message: ({ name, reason }) => `"${name}" is not active: ${reason}`,
    remedy: ({ name }) => `Make "${name}" active, or ask host.loaded before.`,
  },
  PLUGO_NOT_DECLARED: {
    title: "A plugin asked for one that it does not depend on.",
    message: ({ name, dependency }) => `"${name}" asked for "${dependency}", which is not among its dependencies.`,
    remedy: ({ dependency }) =>
      `Add "${dependency}" to "dependencies" or "optional_dependencies" in its metadata.json.`,
  },
  PLUGO_ROUTE_PREFIX_INVALID: {
    title: "A route prefix that plugo cannot mount.",
    message: ({ name, prefix, where }) =>
      `The routes of "${name}" cannot be mounted at ${prefix} (${where}): a prefix starts with "/", does not end with one, and has segments of letters, digits, "_", "-", "." and "~", none of them "." or "..".`,
    remedy: ({ where }) => `Correct ${where}: "/api/sample" is a prefix. Parameters belong in the plugin's routes.`,
  },
  PLUGO_ROUTE_PREFIX_TAKEN: {
    title: "Two plugins are mounted at one prefix.",
    message: ({ name, other, prefix }) =>
      `The routes of "${name}" cannot be mounted at "${prefix}": those of "${other}" are.`,
    remedy: ({ name, other, where }) => `Give "${name}" or "${other}" another prefix; that of "${name}" is ${where}.`,
  },
  PLUGO_PACKAGE_MISSING: {
    title: "An optional package is needed and not installed.",
    message: ({ name, package: missing, purpose }) =>
      `"${name}" uses ${purpose}, which needs the package "${missing}".`,
    remedy: ({ package: missing }) => `Run "npm install ${missing}" in the application.`,
  },
  PLUGO_INSTALLER_MISSING: {
    title: "The installer of npm packages is not there.",
    message: ({ installer, modules }) =>
      `${installer} was not found: neither ${installer === "npm" ? "beside Node.js" : `in "${modules}"`} nor in PATH.`,
    remedy: ({ installer }) =>
      installer === "npm"
        ? "Install npm, or choose another installer: environments.installer."
        : `Run "npm install --save-dev ${installer}" in the application, or choose another installer: environments.installer.`,
  },
  PLUGO_INSTALL_FAILED: {
    title: "npm dependencies cannot be installed.",
    message: ({ name, installer, code, reason, lines }) =>
      `The npm dependencies ${ownerOf(name)} cannot be installed (${installer}: ${code}). ${reason}${block(lines)}`,
    remedy: ({ remedy }) => remedy,
  },
  PLUGO_INSTALL_TIMEOUT: {
    title: "Installing npm dependencies takes too long.",
    message: ({ name, installer, timeoutMs, lines }) =>
      `Installing the npm dependencies ${ownerOf(name)} with ${installer} took longer than ${timeoutMs} ms and was ended.${block(lines)}`,
    remedy: () =>
      "Look at the network, the proxy and the registry's address; with everything in the cache, offline: true does without.",
  },
  PLUGO_INSTALL_FROZEN: {
    title: "Frozen npm dependencies without a lockfile that fits.",
    message: ({ name, installer, lockfile, reason }) =>
      `The npm dependencies ${ownerOf(name)} are frozen, and ${installer} cannot install exactly what ${lockfile} says: ${reason}.`,
    remedy: ({ lockfile }) =>
      `Install once without "frozen", keep the ${lockfile} that this writes, and deploy it with package.json.`,
  },
  PLUGO_INSTALL_ABORTED: {
    title: "Installing npm dependencies was aborted.",
    message: ({ name, installer }) =>
      `Installing the npm dependencies ${ownerOf(name)} with ${installer} was aborted, because they are not wanted any more.`,
    remedy: () => "Load the plugin again when it is wanted.",
  },
  PLUGO_CONSOLIDATE_CONFLICT: {
    title: "Plugins want versions of a package that no version is at once.",
    message: ({ conflicts, strategy }) =>
      `${strategy === "highest" ? "None of these is the highest" : "No version meets all who want it"}:${conflicts
        .map(({ package: name, requirements }) => `\n  ${name}${wantedBy(requirements)}`)
        .join("")}`,
    remedy: ({ strategy }) =>
      strategy === "highest"
        ? `Change one of them, or give each its own with the strategy "nest" (--strategy nest).`
        : `Change one of them, or give each its own with the strategy "nest" (--strategy nest), or all the highest with "highest".`,
  },
  PLUGO_CONSOLIDATE_OUTSIDE: {
    title: "A plugin or a package is outside the application's folder.",
    message: ({ findings, folder }) =>
      `What is outside "${folder}" cannot be installed together with the application:${list(findings)}`,
    remedy: ({ folder }) =>
      `Move it into "${folder}" or publish it, or use the format "package-json", which names it where it is.`,
  },
  PLUGO_CONSOLIDATE_UNWRITABLE: {
    title: "Consolidated requirements cannot be written.",
    message: ({ file, reason }) => `"${file}" cannot be written: ${reason}.`,
    remedy: ({ file }) => `Make "${file}" and its folder writable, or name another place with "outputFile".`,
  },
  PLUGO_RESTART_NEEDED: {
    title: "A change that only a restart brings in.",
    message: ({ file, name }) =>
      name === undefined
        ? `"${file}" has changed; the plugins that import it keep what was loaded before: Node.js loads it once per process.`
        : `"${file}" of "${name}" has changed, and Node.js' own module loader, which it runs on, cannot evaluate it again.`,
    remedy: ({ name }) =>
      name === undefined ? "Restart the application." : `Restart the application, or use engine: "runner".`,
  },
  PLUGO_RELOAD_LOOP: {
    title: "A plugin that writes a file it is made from each time it starts.",
    message: ({ name, file, times }) =>
      `"${name}" has written "${file}" while it started, ${times} times in a row, and was started again because of it. What its start writes there is passed over from now on.`,
    remedy: ({ name }) =>
      `Have "${name}" write that file elsewhere, or narrow "watch" in its metadata.json so that it leaves the file out.`,
  },
  PLUGO_GENERATION_LEAK: {
    title: "Ended generations of a plugin stay in memory.",
    message: ({ name, alive, holders, files }) =>
      `${alive} ended generations of "${name}" are still in memory: ${
        holders.length === 0
          ? `something plugo cannot see holds code of ${files.join(", ")}`
          : `likely held by ${holders.join("; ")}`
      }.`,
    remedy: ({ holders }) =>
      holders.length === 0
        ? "Look for timers of node:timers, promises, and objects of the application or of packages that were given a function of the plugin; end them with plugin.defer, plugin.use or plugin.signal. A heap snapshot (node --heapsnapshot-signal=SIGUSR2) shows what holds them."
        : "Take it back when the plugin ends: plugin.defer(() => …), plugin.use(disposable), plugin.signal, or the timers that plugin files have as globals.",
  },
  PLUGO_LEFT_BEHIND: {
    title: "A plugin has not undone all that it did.",
    message: ({ name, left }) => `The plugin "${name}" has ended and left behind:${list(left)}`,
    remedy: () =>
      "Take each back when the plugin ends: plugin.defer(() => …), plugin.use(disposable), plugin.signal, or the timers that plugin files have as globals. Routes go with the plugin when the context has the adapter's view, such as expressRoutes(app).",
  },
  PLUGO_WATCH_REFUSED: {
    title: "The system does not watch files.",
    message: ({ path, reason, intervalMs }) =>
      `"${path}" cannot be watched: ${reason}. Files are looked at every ${intervalMs} ms instead.`,
    remedy: () =>
      "Raise the limit (on Linux the sysctl fs.inotify.max_user_watches or max_user_instances), or call host.reload() after a change and set hotReload: false.",
  },

  // The command
  PLUGO_PROJECT_INVALID: {
    title: "The package.json of the project is not valid.",
    message: ({ file, findings }) => `"${file}" is not valid:${list(findings)}`,
    remedy: ({ file }) =>
      `Correct "${file}"; the key looks like "plugo": { "pluginDirectory": "plugins", "configPath": "plugins_config.json" }.`,
  },
  PLUGO_PROJECT_EMPTY: {
    title: "The command finds no plugins.",
    message: ({ folder, looked }) => `There are no plugins in "${folder}": it has none of ${looked.join(", ")}.`,
    remedy: () =>
      'Make one with "plugo new-base-plugin", name the folder with --plugin-directory, or set "plugo": { "pluginDirectory": "…" } in package.json.',
  },
  PLUGO_PROJECT_NO_CONFIG: {
    title: "The command has no config file to write to.",
    message: ({ name, operation }) => `There is no config file in which to ${operation} "${name}".`,
    remedy: ({ name, operation }) =>
      `${operation === "disable" ? `Rename its folder to "_${name}", which is passed over; or create` : "Create"} plugins_config.json with { "plugins": [] } and pass it to loadPlugins as "configPath": only what it enables is loaded then.`,
  },
  PLUGO_NEW_NO_NAME: {
    title: "What is to be made has no name.",
    message: ({ kind }) => `The new ${kind} needs a name, and there is no terminal to ask for it.`,
    remedy: ({ example }) => `Give it a name: ${example}.`,
  },
  PLUGO_NEW_NAME: {
    title: "A name from which no folder and no identifier can be made.",
    message: ({ name, reason }) =>
      `Nothing can be named ${JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)}: ${reason}.`,
    remedy: () => 'Use a name with letters or digits, such as "Example Plugin"; or name the folder with --slug.',
  },
  PLUGO_NEW_VALUE: {
    title: "An option of a new plugin has a value that cannot be used.",
    message: ({ option, expected, actual }) => `${option} must be ${expected}, but it is ${JSON.stringify(actual)}.`,
    remedy: ({ option }) => `Correct ${option}, or leave it out.`,
  },
  PLUGO_NEW_EXISTS: {
    title: "The folder of what is to be made is there already.",
    message: ({ folder }) => `"${folder}" exists already and was left as it is.`,
    remedy: ({ canForce }) => `Choose another name${canForce ? ", or replace it with --force" : ""}.`,
  },
  PLUGO_FOLDER_UNWRITABLE: {
    title: "A folder cannot be written.",
    message: ({ folder, reason }) => `"${folder}" cannot be written: ${reason}.`,
    remedy: ({ option }) => `Make it writable, or name another folder with ${option}.`,
  },
  PLUGO_TEMPLATE_MISSING: {
    title: "There is no template for what is to be made.",
    message: ({ template, folder }) => `There is no template "${template}" in "${folder}".`,
    remedy: () => "Correct --templates and --framework, or install @plugo/node again.",
  },
  PLUGO_INTERRUPTED: {
    title: "The command was interrupted.",
    message: ({ state }) => `Interrupted: ${state}.`,
    remedy: () => "Run the command again.",
  },
  PLUGO_COMMAND_BROKEN: {
    title: "An extension command cannot be run.",
    message: ({ command, from, reason }) => `The command "${command}" of ${from} cannot be run: ${reason}.`,
    remedy: ({ command, from }) => `Correct "plugo": { "commands": { "${command}": … } } of ${from}.`,
  },
  PLUGO_COMMAND_FAILED: {
    title: "An extension command failed.",
    message: ({ command, from, detail }) => `The command "${command}" of ${from} failed: ${detail}`,
    remedy: ({ command, from }) => `See "plugo ${command} --help"; what it does is up to ${from}.`,
  },
};

function ownerOf(name: string | undefined): string {
  return name === undefined ? "of the application" : `of "${name}"`;
}

/** Lines of another program, set off from the sentence before. */
function block(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join("");
}

/** One line for each plugin, in columns. */
function wantedBy(requirements: ErrorFacts["PLUGO_CONSOLIDATE_CONFLICT"]["conflicts"][number]["requirements"]): string {
  const width = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const plugins = width(requirements.map(({ plugin }) => plugin));
  const ranges = width(requirements.map(({ range }) => range));
  return requirements
    .map(({ plugin, range, where }) => `\n    ${plugin.padEnd(plugins)}  ${range.padEnd(ranges)}  ${where}`)
    .join("");
}
