import { isPlugoError, plugoError } from "../kernel/plugo-error.ts";

/** Reads what the host gave. A getter or a proxy of it that throws is the host's mistake: `PLUGO_OPTION_INVALID`. */
export function readOption<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isPlugoError(error)) throw error;
    const facts = { option, expected: "an object whose values can be read", actual: "one that throws" };
    throw plugoError("PLUGO_OPTION_INVALID", facts, { cause: error });
  }
}
