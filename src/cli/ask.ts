import * as prompts from "@clack/prompts";
import { plugoError } from "../kernel/plugo-error.ts";

/** One question on a terminal. */
export interface Question {
  readonly message: string;
  /** What Enter answers. */
  readonly fallback: string;
  /** What is wrong with an answer, as a sentence; `undefined` when nothing is. */
  readonly validate?: (answer: string) => string | undefined;
}

/** Asks for a text. @throws PlugoError `PLUGO_INTERRUPTED` on Ctrl-C and Escape. */
export async function askText({ message, fallback, validate }: Question): Promise<string> {
  const answer = await prompts.text({
    message,
    ...(fallback === "" ? {} : { placeholder: fallback, defaultValue: fallback }),
    validate: (value) => validate?.((value ?? "") === "" ? fallback : (value ?? "")),
  });
  return answered<string>(answer);
}

/** Asks for one of some values. @throws PlugoError `PLUGO_INTERRUPTED` on Ctrl-C and Escape. */
export async function askChoice<Value extends string>(
  message: string,
  values: readonly Value[],
  fallback: Value,
): Promise<Value> {
  const options = values.map((value) => ({ value: value as string, label: value as string }));
  return answered<string>(await prompts.select({ message, options, initialValue: fallback })) as Value;
}

export function announce(title: string): void {
  prompts.intro(title);
}

function answered<Value extends string>(answer: Value | symbol): Value {
  if (typeof answer !== "symbol") return answer;
  throw plugoError("PLUGO_INTERRUPTED", { state: "nothing was made" });
}
