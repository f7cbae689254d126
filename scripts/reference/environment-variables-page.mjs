/** `environment-variables.md`: the variables that src/ reads, which is looked up there, each with what is said of it here. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { listFiles } from "../content-hash.mjs";
import { root, StepError } from "../process.mjs";
import { code, page, table } from "./markdown.mjs";

const variables = {
  ENABLED_PLUGINS: [
    "none",
    "Names of plugins to run, with commas between. They are added to what the config enables, and win over it. A name that no folder has is imported as a module: a package, or a path",
  ],
  ENABLE_PLUGIN_HOT_RELOAD: ["`true`", "Whether files are watched. The option `hotReload` wins"],
  PLUGO_USE_VENVS: [
    "`true`",
    "Whether each plugin has an environment of its own for its npm packages; else what is missing is installed into the application. The option `environments` wins",
  ],
  PLUGO_VENV_HOME: ["`.plugo/venvs`", "The folder of the environments. The option `environments.home` wins"],
  VENV_HOME: ["none", "The same, when `PLUGO_VENV_HOME` is not set"],
  PLUGO_SHOW_SUBPROCESS_OUTPUT: ["`false`", "Whether the log shows each line that the installer writes"],
  NODE_ENV: ["none", "With `production`, ended generations that stay in memory are not looked for"],
  NO_COLOR: ["none", "With any value, nothing is written in colour"],
  NODE_OPTIONS: [
    "none",
    "Conditions in it (`--conditions`, `-C`) hold for the imports of plugins, too. Of the rest, an installer gets what is not about loading code",
  ],
  CI: ["none", "With any value, the command asks nothing. Handed on to installers, as `true` when it is not set"],
  GITHUB_USERNAME: ["none", "Who makes a new plugin, when git has no `user.name`"],
};

/** Those of the system, with which its own folders and programs are found. */
const ofTheSystem = new Set(["HOME", "USERPROFILE", "SystemRoot", "PATH", "TERM", "npm_execpath"]);

export function environmentVariablesPage() {
  const read = variablesInSources();
  const unsaid = [...read].filter((name) => !Object.hasOwn(variables, name) && !ofTheSystem.has(name));
  const unread = Object.keys(variables).filter((name) => !read.has(name));
  if (unsaid.length + unread.length > 0) {
    const faults = [
      ...unsaid.map((name) => `${name} is not described`),
      ...unread.map((name) => `${name} is not read`),
    ];
    throw new StepError(`scripts/reference/environment-variables-page.mjs: ${faults.join(", ")}.`);
  }
  return page(
    "Environment variables",
    "Look up what plugo reads from the environment.",
    `They are read when \`loadPlugins\` is called, from its option \`env\` where that is given. Switches take \`1\`, \`true\`, \`yes\`,
\`on\` and \`0\`, \`false\`, \`no\`, \`off\`, in any case (upper or lower); another value counts as not set, and a warning says so.`,
    table(
      ["Variable", "Default", "What it does"],
      Object.entries(variables).map(([name, [fallback, text]]) => [code(name), fallback, text]),
    ),
  );
}

function variablesInSources() {
  const sources = listFiles(path.join(root, "src")).map((file) => readFileSync(file, "utf8"));
  const reads = /\benv\["(\w+)"\]|\b(?:booleanVariable|variable)\(env, "(\w+)"/g;
  return new Set(sources.flatMap((source) => Array.from(source.matchAll(reads), ([, one, other]) => one ?? other)));
}
