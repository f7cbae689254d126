import { STATUS_CODES } from "node:http";

/** What is answered, in whichever framework. `body` is undefined when there is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** One thing that is wrong with a request. */
export interface ProblemDetail {
  /** A JSON pointer into the body, or the name of a parameter. */
  readonly pointer: string;
  readonly detail: string;
}

/** An answer that says what went wrong, as RFC 9457 has it. */
export function problem(status: number, detail: string, errors: readonly ProblemDetail[] = []): Answer {
  const title = STATUS_CODES[status] ?? "Error";
  const body = { type: "about:blank", title, status, detail, ...(errors.length === 0 ? {} : { errors }) };
  return {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}

/**
 * The answer to an error that was thrown: frameworks say with a status what is wrong with a request that they cannot
 * read. Anything else is nobody's business but the log's.
 */
export function problemOf(error: unknown, log: (message: string) => void): Answer {
  const { status, statusCode = status } = (error ?? {}) as { status?: unknown; statusCode?: unknown };
  if (statusCode === 400) return problem(400, "The body is not valid JSON.");
  if (statusCode === 413) return problem(413, "The body is too large.");
  if (statusCode === 415) return problem(415, "Send the body as application/json.");
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return problem(500, "Something went wrong here.");
}
