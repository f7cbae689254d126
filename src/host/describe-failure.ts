import { dirname } from "node:path";
import { isNativeError } from "node:util/types";
import { displayPath } from "../kernel/display-path.ts";
import { describeThrown } from "../kernel/plugo-error.ts";
import type { Generation } from "./generation.ts";

const maxFrames = 5;

/**
 * What a plugin threw, for a message: one line that says what, and the frames of the stack that lead into the
 * application's and the plugin's own files, mapped to the lines of their sources. Never throws.
 */
export function describeFailure(generation: Generation, error: unknown): { detail: string; stack: string } {
  return { detail: detailOf(error), stack: ownFrames(generation.services.engine.mapStack(error)) };
}

function detailOf(error: unknown): string {
  const described = describeThrown(error);
  if (isNativeError(error)) return `${nameOf(error)}: ${described}`;
  return hasMessage(error) ? described : `${described} was thrown, which is no Error and has no stack`;
}

function nameOf(error: Error): string {
  try {
    return String(error.name);
  } catch {
    return "Error";
  }
}

function hasMessage(thrown: unknown): boolean {
  try {
    return typeof thrown === "object" && thrown !== null && "message" in thrown;
  } catch {
    return false;
  }
}

const plugoFolder = dirname(import.meta.dirname);

function ownFrames(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !/\(?node:|[\\/]node_modules[\\/]|<anonymous>\)?$/.test(line))
    .filter((line) => !line.includes(plugoFolder))
    .slice(0, maxFrames)
    .map((line) => line.replaceAll(/file:\/\/(\/[^\s():]+)/g, (_, path: string) => displayPath(decodeURI(path))))
    .join("\n");
}
