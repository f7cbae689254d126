import { basename } from "node:path";
import type { PlanEntry } from "../plan/plan.ts";
import { readFolderContent, type FolderContent } from "../sources/folder-content.ts";
import { isIgnoredFile } from "../sources/ignored-file.ts";
import type { DirectoryScan } from "../sources/source.ts";
import { clockToleranceMs } from "../sources/stats-of.ts";

/** What a plugin may well write itself when it starts: it mends nothing. */
const output = /\.(?:log|pid|sock|db|sqlite\d?)$|-(?:wal|shm|journal)$/;
const isNoOutput = (name: string): boolean => !output.test(name);

/**
 * What attempts of one change can be made from: everything in the plugin's folder, and what lies in the plugin
 * directories beside the plugins. An attempt that failed may have failed for any of it.
 */
export class AttemptContent {
  readonly #scan: DirectoryScan;
  readonly #startedAtMs: number;
  readonly #noted = new Map<string, FolderContent | undefined>();
  #shared: { readonly content: FolderContent; readonly changedAtMs: number } | undefined;

  /** @param startedAtMs When the change began to read, as `Date.now()` has it. */
  constructor(scan: DirectoryScan, startedAtMs: number) {
    this.#scan = scan;
    this.#startedAtMs = startedAtMs;
  }

  /** What is there now; `undefined` for a plugin that has no folder. */
  now(entry: PlanEntry): FolderContent | undefined {
    return this.#read(entry)?.content;
  }

  /** Takes note of what an attempt is about to be made from. For many plugins at once this takes too long. */
  note(entry: PlanEntry): void {
    this.#noted.set(entry.name, this.now(entry));
  }

  /**
   * What the attempt of this change was made from: what was noted; else what is there now, or `undefined` when some of
   * that is so new that the attempt may not have seen it.
   */
  attempted(entry: PlanEntry): FolderContent | undefined {
    if (this.#noted.has(entry.name)) return this.#noted.get(entry.name);
    const read = this.#read(entry);
    return read === undefined || read.changedAtMs > this.#startedAtMs - clockToleranceMs ? undefined : read.content;
  }

  #read({ selected: { target } }: PlanEntry): ContentWithTime | undefined {
    if (target?.kind !== "folder") return undefined;
    this.#shared ??= readAll(this.#scan.beside.filter((path) => !isIgnoredFile(basename(path))));
    const own = readAll([target.plugin.realPath]);
    return {
      content: `${own.content}\n\n${this.#shared.content}`,
      changedAtMs: Math.max(own.changedAtMs, this.#shared.changedAtMs),
    };
  }
}

interface ContentWithTime {
  readonly content: FolderContent;
  readonly changedAtMs: number;
}

function readAll(paths: readonly string[]): ContentWithTime {
  let changedAtMs = 0;
  const contents = paths.map((path) =>
    readFolderContent(path, isNoOutput, ({ stats }) => {
      changedAtMs = Math.max(changedAtMs, stats?.ctimeMs ?? Number.POSITIVE_INFINITY);
    }),
  );
  return { content: contents.join("\n"), changedAtMs };
}
