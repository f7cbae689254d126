import { isNativeError } from "node:util/types";
import { authorFrames } from "../engine/stack-map.ts";
import { describeThrown } from "../kernel/plugo-error.ts";
import type { Generation } from "./generation.ts";

/**
 * What a plugin threw, for a message: one line that says what, and the frames of the stack that lead into the
 * application's and the plugin's own files, mapped to the lines of their sources. Never throws.
 */
export function describeFailure(generation: Generation, error: unknown): { detail: string; stack: string } {
  return {
    detail: detailOf(error),
    stack: authorFrames(generation.services.engine.mapStack(error, generation.modules)),
  };
}

function detailOf(error: unknown): string {
  const described = describeThrown(error);
  if (isNativeError(error)) return `${nameOf(error)}: ${described}`;
  return hasMessage(error) ? described : `${described} was thrown, which is no Error and has no stack`;
}

function nameOf(error: Error): string {
  try {
    const { name }: { readonly name: unknown } = error;
    return String(name);
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
