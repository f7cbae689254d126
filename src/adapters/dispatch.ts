import type { ServerResponse } from "node:http";
import { isOut, tookTooLong, type Mount, type RouteTable } from "./route-table.ts";

/** Where requests come in, in a framework whose handlers have a `next`: one for each application. */
export interface Seat<Router, Request, Response extends ServerResponse> {
  readonly table: RouteTable<Router>;
  /** Lets a plugin answer `url`, which is relative to its prefix, or call `next`. */
  readonly serve: (
    mount: Mount<Router>,
    request: Request,
    response: Response,
    url: string,
    next: (error?: unknown) => void,
  ) => void;
  /** Answers 503 with `Retry-After`: a plugin that restarts took too long. */
  readonly unavailable: (response: Response) => void;
}

/** Seconds after which a client may try again. */
export const retryAfterSeconds = "1";

/** One request on its way through the plugins. */
export class Passage<Router, Request, Response extends ServerResponse> {
  readonly #seat: Seat<Router, Request, Response>;
  readonly #request: Request;
  readonly #response: Response;
  readonly #url: string;
  readonly #path: string;
  readonly #next: (error?: unknown) => void;
  #arrival: number | undefined = undefined;

  /**
   * @param url The path and the query, as the framework has them.
   * @param next Called when no plugin answers, or one failed with `error`.
   */
  constructor(
    seat: Seat<Router, Request, Response>,
    request: Request,
    response: Response,
    url: string,
    next: (error?: unknown) => void,
  ) {
    this.#seat = seat;
    this.#request = request;
    this.#response = response;
    this.#url = url;
    this.#path = pathOf(url);
    this.#next = next;
  }

  /** Hands the request to the plugin with the longest prefix, and what that does not answer to the next shorter one. */
  begin(shorterThan?: number): void {
    const mount = this.#seat.table.find(this.#path, shorterThan);
    if (mount !== undefined && isOut(mount)) void this.#wait(shorterThan);
    else this.#hand(mount);
  }

  #hand(mount: Mount<Router> | undefined): void {
    if (mount === undefined) return this.#next();
    const response = this.#response;
    // The client went away before: there is nobody to answer, and nothing would say when it is over.
    if (response.destroyed) return;
    const { prefix, visits } = mount;
    const visit = visits.enter(response);
    this.#seat.serve(mount, this.#request, response, relativeUrl(this.#url, prefix), (error) => {
      visit.leave();
      if (isError(error)) this.#next(error);
      else this.begin(prefix.length);
    });
  }

  async #wait(shorterThan: number | undefined): Promise<void> {
    const { table, unavailable } = this.#seat;
    this.#arrival ??= performance.now();
    const mount = await table.whenBack(() => table.find(this.#path, shorterThan), this.#arrival);
    if (mount !== tookTooLong) this.#hand(mount);
    else if (!this.#response.destroyed) unavailable(this.#response);
  }
}

/** The path of a request's URL: the part before the query, without the origin that the absolute form has. */
export function pathOf(url: string): string {
  const target = withoutOrigin(url);
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  const fragment = path.indexOf("#");
  return fragment === -1 ? path : path.slice(0, fragment);
}

/** A URL as a plugin that is mounted at `prefix` sees it: the path and the query below it. */
export function relativeUrl(url: string, prefix: string): string {
  const rest = withoutOrigin(url).slice(prefix.length);
  return rest.charCodeAt(0) === slash ? rest : `/${rest}`;
}

function withoutOrigin(url: string): string {
  return url.charCodeAt(0) === slash ? url : url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "");
}

const slash = 0x2f;

/** Express has words for `next` that are no errors. */
function isError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== "router" && error !== "route";
}
