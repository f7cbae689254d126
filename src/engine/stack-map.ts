import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { describeThrown } from "../kernel/plugo-error.ts";
import type { SourceMapPayload } from "./source-map.ts";

/** The source map of an evaluated file, by its path; `undefined` when the file is none of plugo's. */
export type FindSourceMap = (path: string) => SourceMapPayload | undefined;

const frame = /(file:\/\/[^\s()]+?):(\d+):(\d+)/g;

/**
 * The error's stack with the frames of evaluated files mapped to their sources, which are written as paths. Frames that
 * Node.js has mapped itself are paths already, so nothing is mapped twice. Never throws.
 */
export function mapStackFrames(error: unknown, find: FindSourceMap): string {
  try {
    const { stack } = error as { stack?: unknown };
    if (typeof stack !== "string") return describeThrown(error);
    const maps = new Map<string, SourceMap | undefined>();
    return stack.replaceAll(frame, (text, url: string, line: string, column: string) => {
      if (!maps.has(url)) {
        const payload = find(fileURLToPath(url));
        maps.set(url, payload === undefined ? undefined : new SourceMap(payload as never));
      }
      const entry = maps.get(url)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (entry === undefined || !("originalLine" in entry)) return text;
      return `${fileURLToPath(url)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
  } catch {
    return describeThrown(error);
  }
}
