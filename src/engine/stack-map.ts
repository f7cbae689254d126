import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown } from "../kernel/plugo-error.ts";
import type { FindOriginal } from "./source-map.ts";

/** How to find the places in a file's source, by its path; `undefined` when the file is none of plugo's. */
export type FindFile = (path: string) => FindOriginal | undefined;

const frame = /(file:\/\/[^\s()]+?):(\d+):(\d+)/g;

/**
 * The error's stack with the frames of evaluated files mapped to their sources, which are written as paths. Frames that
 * Node.js has mapped itself are paths already, so nothing is mapped twice. Never throws.
 */
export function mapStackFrames(error: unknown, find: FindFile): string {
  try {
    const { stack } = error as { stack?: unknown };
    if (typeof stack !== "string") return describeThrown(error);
    return stack.replaceAll(frame, (text, url: string, line: string, column: string) => {
      const path = fileURLToPath(url);
      const original = find(path)?.({ line: Number(line), column: Number(column) });
      return original === undefined ? text : `${path}:${original.line}:${original.column}`;
    });
  } catch {
    return describeThrown(error);
  }
}

const maxFrames = 8;
/** Plugo itself, put together in one file or not: an author can do nothing about its frames. */
const ownFolder = basename(import.meta.dirname) === "engine" ? dirname(import.meta.dirname) : import.meta.dirname;

/** The frames of a mapped stack that an author can do something about, with short paths. */
export function authorFrames(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !/\(?node:|[\\/]node_modules[\\/]|<anonymous>\)?$/.test(line))
    .filter((line) => !line.includes(ownFolder))
    .slice(0, maxFrames)
    .map((line) => line.replace(/(?:file:\/\/)?(\/[^():]+)(?=:\d+:\d+)/, (_, path: string) => displayPath(path)))
    .join("\n");
}
