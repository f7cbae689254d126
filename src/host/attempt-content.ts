import { basename } from "node:path";
import type { PlanEntry } from "../plan/plan.ts";
import {
  changedPaths,
  noteFolderContent,
  readFolderContent,
  readNoted,
  type FolderContent,
  type FolderLook,
} from "../sources/folder-content.ts";
import { isIgnored } from "../sources/ignored-file.ts";
import type { DirectoryScan } from "../sources/source.ts";
import { clockToleranceMs, statsOf } from "../sources/stats-of.ts";
import { applicationPackages } from "./application-packages.ts";

/** What a plugin may well write itself when it starts: it mends nothing. */
const output = /\.(?:log|pid|sock|db|sqlite\d?)$|-(?:wal|shm|journal)$/;
const isNoOutput = (name: string): boolean => !output.test(name);

/** What one attempt was made from. */
export interface AttemptedContent {
  readonly own: FolderContent;
  readonly beside: FolderContent;
}

/**
 * What attempts of one change can be made from: everything in the plugin's folder, and what lies in the plugin
 * directories beside the plugins, and the application's package.json. An attempt that failed may have failed for any of it. Before an attempt, files are only
 * looked at; they are read when one has failed.
 */
export class AttemptContent {
  readonly #scan: DirectoryScan;
  readonly #directories: readonly string[];
  /** The application's, which are looked for when an attempt is noted. */
  #packages: readonly string[] | undefined;
  readonly #startedAtMs: number;
  /** What was there before the attempts, by the name of the plugin. */
  readonly #noted = new Map<string, FolderContent>();
  #notedBeside: FolderContent | undefined;
  /** What is there now beside the plugins: read once for all of them. */
  #besideNow: ReadContent | undefined;
  #besideAfter: FolderContent | undefined;

  /**
   * @param directories The plugin directories.
   * @param startedAtMs When the change began to read, as `Date.now()` has it.
   */
  constructor(scan: DirectoryScan, directories: readonly string[], startedAtMs: number) {
    this.#scan = scan;
    this.#directories = directories;
    this.#startedAtMs = startedAtMs;
  }

  /** Takes note of what an attempt is about to be made from. For many plugins at once this takes too long. */
  note({ name, selected: { target } }: PlanEntry): void {
    if (target?.kind !== "folder") return;
    this.#noted.set(name, noteFolderContent([target.plugin.realPath], { isWanted: isNoOutput }));
    this.#notedBeside ??= noteFolderContent(this.#besideFolders(), { isWanted: isNoOutput });
  }

  /**
   * What the attempt of this change was made from: what was noted; else what is there now. `undefined` for a plugin that
   * has no folder, or when some of that is so new that the attempt may not have seen it.
   */
  attempted({ name, selected: { target } }: PlanEntry): AttemptedContent | undefined {
    if (target?.kind !== "folder") return undefined;
    const folders = [target.plugin.realPath];
    const noted = this.#noted.get(name);
    if (noted !== undefined && this.#notedBeside !== undefined) {
      this.#notedBeside = readNoted(this.#notedBeside, this.#besideFolders(), { isWanted: isNoOutput });
      return { own: readNoted(noted, folders, { isWanted: isNoOutput }), beside: this.#notedBeside };
    }
    const own = readWithTime(folders);
    const beside = (this.#besideNow ??= readWithTime(this.#besideFolders()));
    const changedAtMs = Math.max(own.changedAtMs, beside.changedAtMs);
    if (changedAtMs > this.#startedAtMs - clockToleranceMs) return undefined;
    return { own: own.content, beside: beside.content };
  }

  /** The files that are not now as they were when a failed attempt was made from them. */
  changedSince({ own, beside }: AttemptedContent, { selected: { target } }: PlanEntry): readonly string[] {
    const folders = target?.kind === "folder" ? [target.plugin.realPath] : [];
    this.#besideNow ??= readWithTime(this.#besideFolders(), beside);
    const ownNow = readWithTime(folders, own).content;
    return [...changedPaths(own, ownNow), ...changedPaths(beside, this.#besideNow.content)];
  }

  /** What there is, when the change has ended, of what an attempt can be made from. */
  noteAfter({ selected: { target } }: PlanEntry): FolderContent {
    const folders = target?.kind === "folder" ? [target.plugin.realPath] : [];
    this.#besideAfter ??= noteFolderContent(this.#besideFolders(), { isWanted: isNoOutput });
    return new Map([...noteFolderContent(folders, { isWanted: isNoOutput }), ...this.#besideAfter]);
  }

  #besideFolders(): readonly string[] {
    const beside = this.#scan.beside.filter((path) => {
      const name = basename(path);
      return !isIgnored(name, false) || (statsOf(path)?.isDirectory() === true && !isIgnored(name, true));
    });
    return [...beside, ...(this.#packages ??= applicationPackages(this.#directories))];
  }
}

interface ReadContent {
  readonly content: FolderContent;
  readonly changedAtMs: number;
}

function readWithTime(folders: readonly string[], known?: FolderContent): ReadContent {
  let changedAtMs = 0;
  const look: FolderLook = {
    isWanted: isNoOutput,
    onEntry: ({ stats }) => (changedAtMs = Math.max(changedAtMs, stats?.ctimeMs ?? Number.POSITIVE_INFINITY)),
  };
  const content = readFolderContent(folders, look, known);
  return { content, changedAtMs };
}
