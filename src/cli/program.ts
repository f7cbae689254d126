import { Command, Option, type Argument } from "commander";
import { version } from "../version.ts";
import type { Terminal } from "./terminal.ts";

/** Told the exit code that a command ends with, when it is not 0. */
export type SetExitCode = (code: number) => void;

/**
 * The command and its sub-commands. What a sub-command does is loaded when it is called: `--help` loads none of it.
 */
export function createProgram(terminal: Terminal, setExitCode: SetExitCode): Command {
  const program = new Command("plugo")
    .description("Makes, inspects and operates the plugins of an application.")
    .version(version, "-V, --version", "print the version of plugo")
    .helpOption("-h, --help", "print what a command does")
    // Its own options stand before the sub-command: "--version" behind one is that one's.
    .enablePositionalOptions()
    .showHelpAfterError('(run "plugo --help" for what there is)')
    .configureHelp({
      showGlobalOptions: false,
      // All of them have options. In a narrow terminal short lines are better than those that the terminal breaks.
      minWidthToWrap: 20,
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(" "),
    });
  addMaking(program, terminal);
  addOperating(program, terminal, setExitCode);
  addPackages(program, terminal, setExitCode);
  return program;
}

function argumentTerm(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function addMaking(program: Command, terminal: Terminal): void {
  program.commandsGroup("Make something:");
  program
    .command("new-app")
    .description("make an application with plugins, in TypeScript, and install its packages")
    .argument("[name]", "what it is called, and its folder; on a terminal it is asked for")
    .option("--output-dir <folder>", "where its folder comes to be (default: here)")
    .addOption(frameworkOption("what it is made with (default: express)"))
    .option("--templates <folder>", 'a folder with a template "app-<framework>" of your own')
    .addOption(new Option("--plugo-spec <spec>", "what its package.json says to get plugo").hideHelp())
    .option("--no-install", "do not install its packages")
    .option("-y, --yes", "ask nothing, take the defaults")
    .option("--json", "print JSON for scripts; asks nothing")
    .action(async (name, options) => (await import("./new-app-command.ts")).runNewApp(name, options, terminal));
  const kinds = { base: "a plugin", ui: "a plugin with pages", api: "a plugin with a REST API" } as const;
  for (const kind of ["base", "ui", "api"] as const) {
    program
      .command(`new-${kind}-plugin`)
      .description(`make ${kinds[kind]}; on a terminal it asks for what is not given`)
      .option("--name <name>", "what it is called; the folder and the identifiers are derived from it")
      .option("--output-dir <folder>", "the plugin directory (default: that of the project, else ./api/plugins)")
      .option("--description <text>", "what it does (default: the name)")
      .option("--version <version>", "its version (default: 0.0.1)")
      .option("--identifier <text>", "its identifier (default: the folder's name)")
      .option("--slug <folder>", "its folder's name (default: derived from the name)")
      .option("--author <name>", "who makes it (default: git's user.name, else GITHUB_USERNAME)")
      .option("--dependencies <plugins>", 'the plugins that it needs, such as "auth,billing@^1.2.0"')
      .addOption(
        frameworkOption("what the application is made with (default: what its package.json names, else express)"),
      )
      .option("--templates <folder>", `a folder with a template "${kind}-<framework>" of your own`)
      .option("-y, --yes", "ask nothing, take the defaults")
      .option("--force", "replace a folder that is there, and everything in it")
      .option("--json", "print JSON for scripts; asks nothing")
      .action(async (options) => (await import("./new-plugin-command.ts")).runNewPlugin(kind, options, terminal));
  }
}

function frameworkOption(described: string): Option {
  return new Option("--framework <framework>", described).choices(["express", "fastify", "hono"]);
}

function addOperating(program: Command, terminal: Terminal, setExitCode: SetExitCode): void {
  program.commandsGroup("See what runs:");
  const load =
    'evaluate the plugins\' files in this process to measure how long that takes; "initPlugin" is not called';
  projectCommand(program, "list", "list the plugins: version, phase, source, and why")
    .option("--load", load)
    .addHelpText("after", notLive)
    .action(async (options) => (await import("./list-command.ts")).runList(options, terminal));
  projectCommand(program, "graph", "show which plugin needs which")
    .addOption(
      new Option("--format <format>", "how to draw it")
        .choices(["tree", "mermaid", "dot", "svg", "json"])
        .default("tree"),
    )
    .option("--load", load)
    .addHelpText("after", notLive)
    .action(async (options) => (await import("./graph-command.ts")).runGraph(options, terminal));
  projectCommand(
    program,
    "check",
    "find what is wrong, without running code of plugins; exits with 1 when something is",
  ).action(async (options) => setExitCode(await (await import("./check-command.ts")).runCheck(options, terminal)));
  projectCommand(program, "why", "say why a plugin runs, or why not")
    .argument("<plugin>", "its folder's name")
    .action(async (name, options) => (await import("./why-command.ts")).runWhy(name, options, terminal));
  projectCommand(program, "doctor", "look at Node.js, limits, caches and environments; exits with 1 when one is bad")
    .option("--load", load)
    .action(async (options) => setExitCode(await (await import("./doctor-command.ts")).runDoctor(options, terminal)));
  program.commandsGroup("Change what runs:");
  for (const operation of ["enable", "disable"] as const) {
    projectCommand(program, operation, `${operation} a plugin in the config file, whose formatting stays`)
      .argument("<plugin>", "its folder's name")
      .action(async (name, options) =>
        (await import("./switch-command.ts")).runSwitch(operation, name, options, terminal),
      );
  }
}

function addPackages(program: Command, terminal: Terminal, setExitCode: SetExitCode): void {
  program.commandsGroup("npm packages of plugins:");
  const home = "the folder of the environments (default: PLUGO_VENV_HOME, else ./.plugo/venvs)";
  projectCommand(program, "install", "build the environments of all plugins that run, as for an image")
    .option("--home <folder>", home)
    .addOption(new Option("--installer <name>", "what installs them (default: npm)").choices(["npm", "pnpm", "bun"]))
    .option("--frozen", "install only what lockfiles say")
    .option("--offline", "ask nothing but the installer's own cache")
    .option("--allow-scripts <packages...>", "the packages whose install scripts may run")
    .addHelpText("after", asInCode)
    .action(async (options) => setExitCode(await (await import("./install-command.ts")).runInstall(options, terminal)));
  projectCommand(program, "consolidate", "write what the plugins that run need of npm packages into one file")
    .option("--output <path>", "the file or folder to write (default: package-plugins.json)")
    .addOption(
      new Option("--format <format>", "what to write").choices(["package-json", "workspaces", "list", "cyclonedx"]),
    )
    .addOption(new Option("--strategy <way>", "what to do about conflicts").choices(["error", "nest", "highest"]))
    .action(async (options) => (await import("./consolidate-command.ts")).runConsolidate(options, terminal));
  program
    .command("prune")
    .description("remove the environments that no plugin and no running process uses")
    .option("--home <folder>", home)
    .option("--json", "print JSON for scripts")
    .action(async (options) => (await import("./prune-command.ts")).runPrune(options, terminal));
}

const asInCode = `
Give the same here as in "environments" of loadPlugins: another installer makes other environments.`;

const notLive = `
What an application in another process has made of the plugins is not known to this command: it reads the same files and
says what loadPlugins would do with them. Plugins that the application names in code (PLUGINS) are not among them.`;

/** A sub-command about the plugins of a project. */
function projectCommand(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .description(summary)
    .option(
      "--plugin-directory <folder>",
      "where the plugins are, instead of what package.json says; repeatable",
      collect,
    )
    .option("--config <file>", "the config file, instead of what package.json says")
    .option("--json", "print JSON for scripts");
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
