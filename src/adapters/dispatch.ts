import type { ServerResponse } from "node:http";
import { deadlineFor, isOut, type Mount, type RouteTable } from "./route-table.ts";

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
export function dispatch<Router>(passage: Passage<Router>, arrival?: number): void {
  const { table, url, response, serve, unavailable, next } = passage;
  const path = pathOf(url);
  visit();

  function visit(shorterThan?: number): void {
    const mount = table.find(path, shorterThan);
    if (mount === undefined) return next();
    if (isOut(mount)) return void wait(mount);
    // The client went away before: there is nobody to answer, and nothing would say when it is over.
    if (response.destroyed) return;
    const leave = mount.visits.add(response);
    serve(mount, relativeUrl(url, mount.prefix), (error) => {
      leave();
      if (isError(error)) next(error);
      else visit(mount.prefix.length);
    });
  }

  async function wait(mount: Mount<Router>): Promise<void> {
    const since = arrival ?? performance.now();
    if (await table.whenBack(mount, deadlineFor(mount, since))) dispatch(passage, since);
    else if (!response.destroyed) unavailable();
  }
}

/** The part of a URL before the query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/** A URL as a plugin that is mounted at `prefix` sees it. */
export function relativeUrl(url: string, prefix: string): string {
  const rest = url.slice(prefix.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Express has words for `next` that are no errors. */
function isError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== "router" && error !== "route";
}
