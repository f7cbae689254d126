import { CommanderError, type Command } from "commander";
import { describeThrown, isPlugoError, type PlugoError } from "../kernel/plugo-error.ts";
import type { FailureJson } from "./json-shapes.ts";
import { createProgram } from "./program.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/**
 * Runs the command with these arguments.
 *
 * @returns The exit code: 0 when it did what it was asked for, 1 when it could not or found something wrong, 2 when it
 * was called wrongly, 130 when it was interrupted.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  let exitCode = 0;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  refuseWithoutExit(program);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return fail(error, args.includes("--json"), terminal);
  }
}

/** Commander's own end of the process would cut off what is still being written. */
function refuseWithoutExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) refuseWithoutExit(child);
}

function fail(error: unknown, asJson: boolean, terminal: Terminal): number {
  // It has said what is wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!isPlugoError(error)) {
    terminal.note(`plugo failed, which is a fault of plugo itself: ${describeThrown(error)}`);
    if (error instanceof Error && error.stack !== undefined) terminal.note(error.stack);
    return 1;
  }
  if (asJson) terminal.printJson(failureJson(error));
  terminal.note(`plugo: ${error.message}\n    → ${error.remedy} (${error.code})`);
  return error.code === "PLUGO_INTERRUPTED" ? 130 : 1;
}

function failureJson({ code, message, remedy, plugin }: PlugoError): FailureJson {
  return { error: { code, message, remedy, ...(plugin === undefined ? {} : { plugin }) } };
}
