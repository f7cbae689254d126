import type { Command } from "commander";
import { describeThrown, isPlugoError } from "../kernel/plugo-error.ts";
import { isCommanderError } from "./commander-error.ts";
import { problemJson } from "./describe-plugins.ts";
import type { FailureJson } from "./json-shapes.ts";
import { createProgram } from "./program.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** How a run of the command ends. */
export interface CommandEnd {
  readonly exitCode: number;
  /** Whether nothing that still goes on is wanted: what plugins have started must not keep the process alive. */
  readonly isOver: boolean;
}

/**
 * Runs the command with these arguments. The exit code is 0 when it did what it was asked for, 1 when it could not or
 * found something wrong, 2 when it was called wrongly, 130 when it was interrupted.
 */
export async function runCommandLine(args: readonly string[]): Promise<CommandEnd> {
  const terminal = processTerminal();
  let exitCode = 0;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  refuseWithoutExit(program);
  try {
    if (!isOwnCommand(args[0], program) && (await runsAsExtension(args, program, terminal))) {
      return { exitCode: Number(process.exitCode ?? 0), isOver: false };
    }
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: "user" });
    return { exitCode, isOver: true };
  } catch (error) {
    return { exitCode: fail(error, args.includes("--json"), terminal), isOver: true };
  }
}

function isOwnCommand(word: string | undefined, { commands }: Command): boolean {
  return commands.some((command) => command.name() === word);
}

/**
 * Runs the extension command that the first word names. Else adds those that there are to the help; who calls a command
 * that plugo has itself pays nothing for them.
 */
async function runsAsExtension(args: readonly string[], program: Command, terminal: Terminal): Promise<boolean> {
  const { findExtensionCommands } = await import("./extension-commands.ts");
  const ownNames = new Set([...program.commands.map((command) => command.name()), "help"]);
  const { commands, faults } = findExtensionCommands(process.cwd(), ownNames);
  const asksForHelp = args[0] === "help";
  const called = commands.get((asksForHelp ? args[1] : args[0]) ?? "");
  if (called !== undefined) {
    const { runExtension } = await import("./run-extension.ts");
    await runExtension(called, asksForHelp ? ["--help"] : args.slice(1));
    return true;
  }
  for (const fault of faults) terminal.note(`plugo: ${fault}.`);
  if (commands.size > 0) program.commandsGroup("Added by the project and its packages:");
  for (const { name, summary } of commands.values()) program.command(name).description(summary).helpOption(false);
  return false;
}

/** Commander's own end of the process would cut off what is still being written. */
function refuseWithoutExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) refuseWithoutExit(child);
}

function fail(error: unknown, asJson: boolean, terminal: Terminal): number {
  // Commander has said what is wrong, or printed the help that was asked for.
  if (isCommanderError(error)) return error.exitCode === 0 ? 0 : 2;
  if (!isPlugoError(error)) {
    terminal.note(`plugo failed, which is a fault of plugo itself: ${describeThrown(error)}`);
    if (error instanceof Error && error.stack !== undefined) terminal.note(error.stack);
    return 1;
  }
  if (asJson) terminal.printJson({ error: problemJson(error) } satisfies FailureJson);
  terminal.note(`plugo: ${error.message}\n    → ${error.remedy} (${error.code})`);
  return error.code === "PLUGO_INTERRUPTED" ? 130 : 1;
}
