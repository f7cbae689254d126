import type { ServerResponse } from "node:http";
import { isOut, tookTooLong, type Mount, type RouteTable } from "./route-table.ts";

/** One request on its way through the plugins, in a framework whose handlers have a `next`. */
export interface Passage<Router> {
  readonly table: RouteTable<Router>;
  /** The path and the query, as the framework has them. */
  readonly url: string;
  readonly response: ServerResponse;
  /** Lets a plugin answer `url`, which is relative to its prefix, or call `next`. */
  readonly serve: (mount: Mount<Router>, url: string, next: (error?: unknown) => void) => void;
  /** Answers 503 with `Retry-After`: a plugin that restarts took too long. */
  readonly unavailable: () => void;
  /** No plugin answers, or one failed with `error`. */
  readonly next: (error?: unknown) => void;
}

/** Seconds after which a client may try again. */
export const retryAfterSeconds = "1";

/** Hands a request to the plugin with the longest prefix, and what that does not answer to the next shorter one. */
export function dispatch<Router>(passage: Passage<Router>): void {
  const { table, url, response, serve, unavailable, next } = passage;
  const path = pathOf(url);
  let arrival: number | undefined;
  visit();

  function visit(shorterThan?: number): void {
    const mount = table.find(path, shorterThan);
    if (mount !== undefined && isOut(mount)) void wait(shorterThan);
    else hand(mount);
  }

  function hand(mount: Mount<Router> | undefined): void {
    if (mount === undefined) return next();
    // The client went away before: there is nobody to answer, and nothing would say when it is over.
    if (response.destroyed) return;
    const { prefix, visits } = mount;
    const stay = visits.enter(response);
    serve(mount, relativeUrl(url, prefix), (error) => {
      stay.leave();
      if (isError(error)) next(error);
      else visit(prefix.length);
    });
  }

  async function wait(shorterThan: number | undefined): Promise<void> {
    arrival ??= performance.now();
    const mount = await table.whenBack(() => table.find(path, shorterThan), arrival);
    if (mount !== tookTooLong) hand(mount);
    else if (!response.destroyed) unavailable();
  }
}

/** The part of a URL before the query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  const fragment = path.indexOf("#");
  return fragment === -1 ? path : path.slice(0, fragment);
}

/** A URL as a plugin that is mounted at `prefix` sees it. */
export function relativeUrl(url: string, prefix: string): string {
  const rest = url.slice(prefix.length);
  return rest.charCodeAt(0) === slash ? rest : `/${rest}`;
}

const slash = 0x2f;

/** Express has words for `next` that are no errors. */
function isError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== "router" && error !== "route";
}
