import { catalogue, type CatalogueEntry, type ErrorFacts } from "./error-catalogue.ts";
import { util } from "./lazy-require.ts";

/** Every code that plugo reports. Codes are permanent: a released code keeps its meaning. */
export type PlugoErrorCode = keyof ErrorFacts;

/** What a {@link PlugoError} looks like as JSON. */
export interface PlugoErrorJson {
  readonly name: "PlugoError";
  readonly code: PlugoErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly plugin?: string;
  readonly cause?: string;
}

const brand = Symbol.for("plugo.error");

/**
 * The one error class of plugo: what happened (`message`), what to do next (`remedy`), and which plugin it is about.
 * The original error, when there is one, is kept as `cause`.
 */
export class PlugoError extends Error {
  readonly code: PlugoErrorCode;
  /** The next action or command, as a whole sentence. */
  readonly remedy: string;
  /** The plugin it is about, by its folder name; `undefined` when it is about the host. */
  readonly plugin: string | undefined;

  /** @internal Use {@link plugoError}, which takes the texts from the catalogue. */
  constructor(code: PlugoErrorCode, message: string, remedy: string, plugin?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
    this.plugin = plugin;
    // An error whose stack was never read keeps the frames' functions alive, and with them a whole generation.
    void this.stack;
  }

  /** One that another copy of this package made is an instance as well. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isPlugoError(value);
  }

  /** JSON-safe: `code`, `message`, `remedy`, and `plugin` and the cause's message when there are any. */
  toJSON(): PlugoErrorJson {
    return {
      name: "PlugoError",
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      ...(this.plugin === undefined ? {} : { plugin: this.plugin }),
      ...(this.cause === undefined ? {} : { cause: describeThrown(this.cause) }),
    };
  }
}

Object.defineProperty(PlugoError.prototype, "name", { value: "PlugoError", configurable: true, writable: true });
Object.defineProperty(PlugoError.prototype, brand, { value: true });

/**
 * Makes the error of a code from its facts.
 *
 * @param origin The plugin that it is about, and the error behind it.
 */
export function plugoError<Code extends PlugoErrorCode>(
  code: Code,
  facts: ErrorFacts[Code],
  origin: { readonly plugin?: string; readonly cause?: unknown } = {},
): PlugoError {
  const entry: CatalogueEntry<ErrorFacts[Code]> = catalogue[code];
  return new PlugoError(code, entry.message(facts), entry.remedy(facts), origin.plugin, origin.cause);
}

/** The same error, as one of a plugin when it was of none; also one that another copy of this package made. */
export function aboutPlugin(error: PlugoError, plugin: string): PlugoError {
  if (error instanceof PlugoError && error.plugin !== undefined) return error;
  return new PlugoError(error.code, error.message, error.remedy, error.plugin ?? plugin, error.cause);
}

/** Whether `value` is a plugo error, also one that another copy of this package made. */
export function isPlugoError(value: unknown): value is PlugoError {
  if (typeof value !== "object" || value === null) return false;
  try {
    if ((value as Record<symbol, unknown>)[brand] !== true) return false;
    const { code, message, remedy } = value as Record<string, unknown>;
    return typeof code === "string" && typeof message === "string" && typeof remedy === "string";
  } catch {
    // What a plugin throws may be a proxy.
    return false;
  }
}

const maxLength = 5_000;

/** What was thrown, whatever it is, in a few words: an error's message, else the value as text. Never throws. */
export function describeThrown(thrown: unknown): string {
  try {
    const text = textOf(thrown);
    return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  } catch {
    return "a value that cannot be shown";
  }
}

function textOf(thrown: unknown): string {
  if (thrown instanceof Error) {
    const { message, name }: { readonly message: unknown; readonly name: unknown } = thrown;
    return String(message) || String(name);
  }
  if (typeof thrown === "function") return "a function";
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  if ("message" in thrown) return String(thrown.message);
  return util().inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY, customInspect: false });
}
