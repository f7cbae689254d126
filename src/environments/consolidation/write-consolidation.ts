import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { displayPath } from "../../kernel/display-path.ts";
import { fileErrorReason } from "../../kernel/file-error-reason.ts";
import { isPlugoError, plugoError } from "../../kernel/plugo-error.ts";
import type { FoundPlugin } from "../../sources/source.ts";
import { temporaryBeside } from "../../sources/write-in-one-step.ts";
import type { Application } from "./application.ts";
import type { CollectedRequirements } from "./collect-requirements.ts";
import { defaultFiles, type ResolvedConsolidateOptions } from "./consolidate-options.ts";
import type { Consolidation } from "./consolidate.ts";
import { cyclonedx } from "./cyclonedx.ts";
import { lockWorkspaces } from "./lock-workspaces.ts";
import { renderList } from "./render-list.ts";
import { renderPackageJson } from "./render-package-json.ts";
import { replaceFolder } from "./replace-folder.ts";
import { workspaceFiles } from "./workspace-files.ts";
import { writeOutput } from "./write-output.ts";

/** What there is to write. */
interface Content extends Pick<CollectedRequirements, "byPlugin"> {
  readonly application: Application;
  readonly consolidation: Consolidation;
  readonly plugins: readonly FoundPlugin[];
}

/** Writes the output file, or folder, of a format. @throws PLUGO_CONSOLIDATE_UNWRITABLE, and what npm says. */
export async function writeConsolidation(
  { outputFile, format }: ResolvedConsolidateOptions,
  content: Content,
): Promise<void> {
  try {
    if (format === "package-json") {
      writeOutput(outputFile, renderPackageJson(content.consolidation, dirname(outputFile)));
    } else if (format === "list") {
      writeOutput(outputFile, renderList(content.consolidation, dirname(outputFile)));
    } else {
      await writeWithNpm(outputFile, format, content);
    }
  } catch (error) {
    if (isPlugoError(error)) throw error;
    const facts = { file: displayPath(outputFile), reason: fileErrorReason(error) };
    throw plugoError("PLUGO_CONSOLIDATE_UNWRITABLE", facts, { cause: error });
  }
}

async function writeWithNpm(
  outputFile: string,
  format: "workspaces" | "cyclonedx",
  { application, consolidation, plugins, byPlugin }: Content,
): Promise<void> {
  const wanting = plugins.flatMap(({ name, path }) => {
    const requirements = byPlugin.get(name) ?? [];
    return requirements.length === 0 ? [] : [{ name, folder: path, requirements }];
  });
  const files = workspaceFiles(application, wanting, consolidation);
  const staging = temporaryBeside(outputFile);
  try {
    mkdirSync(staging, { recursive: true });
    const previous = format === "workspaces" ? outputFile : join(dirname(outputFile), defaultFiles.workspaces);
    const locked = await lockWorkspaces(files, application, staging, previous);
    if (format === "workspaces") replaceFolder(outputFile, locked);
    else writeOutput(outputFile, await cyclonedx(staging, application));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
