import { pathToFileURL } from "node:url";
import { describeThrown, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";
import { isCommanderError } from "./commander-error.ts";
import type { ExtensionCommand } from "./extension-commands.ts";

/** What is used of a commander `Command`: another copy of it will do. */
interface CommandLike {
  name(name: string): unknown;
  parseAsync(args: readonly string[], options: { from: "user" }): Promise<unknown>;
}

/** Loads an extension command and runs it. @throws PlugoError `PLUGO_COMMAND_BROKEN`, `PLUGO_COMMAND_FAILED`. */
export async function runExtension(extension: ExtensionCommand, args: readonly string[]): Promise<void> {
  const command = await load(extension);
  command.name(`plugo ${extension.name}`);
  try {
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    if (isPlugoError(error) || isCommanderError(error)) throw error;
    const facts = { command: extension.name, from: extension.from, detail: describeThrown(error) };
    throw plugoError("PLUGO_COMMAND_FAILED", facts, { cause: error });
  }
}

async function load(extension: ExtensionCommand): Promise<CommandLike> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(extension.file).href)) as typeof module;
  } catch (error) {
    throw broken(extension, `loading "${extension.file}" failed: ${firstLine(describeThrown(error))}`, error);
  }
  if (isCommand(module.default)) return module.default;
  throw broken(extension, `the default export of "${extension.file}" is no Command of @plugo/node/cli`);
}

function isCommand(value: unknown): value is CommandLike {
  if (typeof value !== "object" || value === null) return false;
  const { name, parseAsync } = value as Partial<Record<keyof CommandLike, unknown>>;
  return typeof name === "function" && typeof parseAsync === "function";
}

function broken({ name, from }: ExtensionCommand, reason: string, cause?: unknown): PlugoError {
  return plugoError("PLUGO_COMMAND_BROKEN", { command: name, from, reason }, { cause });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
