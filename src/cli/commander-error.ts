import type { CommanderError } from "commander";

/** Also one of another copy of commander, which an extension command may have. */
export function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error &&
    "exitCode" in error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("commander.")
  );
}
