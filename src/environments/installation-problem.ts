import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { describeThrown, isPlugoError, plugoError, type PlugoError } from "../kernel/plugo-error.ts";

/** What went wrong while a plugin's packages were written to a folder, as its problem. */
export function installationProblem(error: unknown, plugin: string, folder: string): PlugoError {
  if (isPlugoError(error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) {
    return plugoError("PLUGO_INTERNAL", { detail: describeThrown(error) }, { plugin, cause: error });
  }
  const facts = { name: plugin, folder: displayPath(folder), reason: fileErrorReason(error) };
  return plugoError("PLUGO_ENVIRONMENT_UNWRITABLE", facts, { plugin, cause: error });
}
