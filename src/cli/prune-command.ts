import { resolve } from "node:path";
import { systemClock } from "../environments/clock.ts";
import { pruneEnvironments } from "../environments/home/prune-environments.ts";
import { resolveOptions } from "../host/resolve-options.ts";
import { displayPath } from "../kernel/display-path.ts";
import { fileErrorReason } from "../kernel/file-error-reason.ts";
import { plugoError } from "../kernel/plugo-error.ts";
import type { PruneJson } from "./json-shapes.ts";
import { findProject } from "./project.ts";
import { notingLogger } from "./read-plan.ts";
import { shownBytes } from "./shown-bytes.ts";
import type { Terminal } from "./terminal.ts";
import { untilInterrupted } from "./until-interrupted.ts";

export interface PruneOptions {
  readonly json?: boolean;
  readonly home?: string;
}

/** `plugo prune`. */
export async function runPrune(options: PruneOptions, terminal: Terminal): Promise<void> {
  const given = options.home === undefined ? {} : { environments: { home: resolve(options.home) } };
  process.chdir(findProject(process.cwd()).folder);
  const { home } = resolveOptions({ ...given, logger: notingLogger(terminal) }).environments;
  const removed = await untilInterrupted("the rest stays", async (signal) => {
    try {
      return await pruneEnvironments({ home, keep: [], clock: systemClock, signal });
    } catch (error) {
      const facts = { folder: displayPath(home), reason: fileErrorReason(error), option: "--home" } as const;
      throw plugoError("PLUGO_FOLDER_UNWRITABLE", facts, { cause: error });
    }
  });
  const result: PruneJson = { home, removed };
  if (options.json === true) return terminal.printJson(result);
  for (const { path, bytes } of removed) terminal.print(`removed ${displayPath(path)} (${shownBytes(bytes)})`);
  const total = removed.reduce((sum, { bytes }) => sum + bytes, 0);
  terminal.print(
    removed.length === 0
      ? `Nothing to remove in ${displayPath(home)}. What is in use stays.`
      : `${removed.length} of ${displayPath(home)} removed, ${shownBytes(total)}. What is in use stays.`,
  );
}
