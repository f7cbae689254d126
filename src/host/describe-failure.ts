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
  const detail = isNativeError(error) ? `${error.name}: ${describeThrown(error)}` : describeThrown(error);
  return { detail, stack: ownFrames(generation.services.engine.mapStack(error)) };
}

function ownFrames(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !/\(?node:|[\\/]node_modules[\\/]|<anonymous>\)?$/.test(line))
    .filter((line) => !line.includes(import.meta.dirname))
    .slice(0, maxFrames)
    .map((line) => line.replaceAll(/file:\/\/(\/[^\s():]+)/g, (_, path: string) => displayPath(decodeURI(path))))
    .join("\n");
}
