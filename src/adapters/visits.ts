import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { PluginScope } from "../host/plugin-scope.ts";

/**
 * The responses that one generation is answering, as a linked list: every request comes through here, so entering and
 * leaving cost as little as possible, and the rest is done once the generation drains.
 */
export class Visits {
  readonly #plugin: PluginScope;
  #newest: Visit | undefined;
  #isDraining = false;

  constructor(plugin: PluginScope) {
    this.#plugin = plugin;
    plugin.draining.addEventListener("abort", () => this.#drain(), { once: true });
  }

  /**
   * Keeps the generation from being disposed until the response has closed: when it was sent, and also when the client
   * went away. `leave` ends that before, for a request that went on to somebody else.
   */
  enter(response: ServerResponse): Visit {
    const visit = new Visit(this, response, this.#newest);
    if (this.#newest !== undefined) this.#newest.newer = visit;
    this.#newest = visit;
    // Nothing is put on the response: Node.js is slower with responses of many shapes.
    response.on("close", () => visit.leave());
    // It waits for the answers to earlier requests, and nothing would say that their connection is gone.
    if (response.socket === null) leaveWith(response.req.socket, visit);
    if (this.#isDraining) visit.held = this.#plugin.hold();
    return visit;
  }

  /** @internal */
  remove(visit: Visit): void {
    const { newer, older } = visit;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older !== undefined) older.newer = newer;
    // A visit that is over and has grown old would keep all that came after it from being collected early.
    visit.newer = undefined;
    visit.older = undefined;
  }

  #drain(): void {
    this.#isDraining = true;
    for (const visit of this.#open()) visit.held = this.#plugin.hold();
    // A moment later: what the plugin itself does when `draining` aborts, such as a last event, comes before.
    process.nextTick(() => {
      for (const visit of this.#open()) visit.endStream();
    });
  }

  #open(): readonly Visit[] {
    const open: Visit[] = [];
    for (let visit = this.#newest; visit !== undefined; visit = visit.older) open.push(visit);
    return open;
  }
}

/** One response that a generation is answering. */
class Visit {
  newer: Visit | undefined = undefined;
  older: Visit | undefined;
  /** What keeps the generation from being disposed: only needed once it drains. */
  held: Disposable | undefined = undefined;
  queue: Set<Visit> | undefined = undefined;
  readonly #visits: Visits;
  readonly #response: ServerResponse;
  #isOver = false;

  constructor(visits: Visits, response: ServerResponse, older: Visit | undefined) {
    this.#visits = visits;
    this.#response = response;
    this.older = older;
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#visits.remove(this);
    this.held?.[Symbol.dispose]();
    this.queue?.delete(this);
  }

  /** An event stream never ends by itself, so it is ended: at once, or when the response turns out to be one. */
  endStream(): void {
    const response = this.#response;
    if (response.headersSent) return this.#endIfStream();
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => unknown;
    // What Node.js writes itself comes here as well.
    response.writeHead = (...args: unknown[]): ServerResponse => {
      writeHead(...args);
      process.nextTick(() => this.#endIfStream());
      return response;
    };
  }

  #endIfStream(): void {
    const response = this.#response;
    if (this.#isOver || response.writableEnded || !isEventStream(contentTypeOf(response))) return;
    // What the plugin still writes has nowhere to go.
    response.on("error", () => {});
    response.end();
  }
}

export type { Visit };

const queued: unique symbol = Symbol("visits of queued responses");

interface QueuedSocket extends Socket {
  [queued]?: Set<Visit>;
}

/** Has a visit end when the connection does, with one listener for all visits of a connection. */
function leaveWith(socket: QueuedSocket, visit: Visit): void {
  let visits = socket[queued];
  if (visits === undefined) {
    const all = (visits = socket[queued] = new Set());
    socket.once("close", () => all.forEach((one) => one.leave()));
  }
  visits.add(visit);
  visit.queue = visits;
}

/** Headers that are only given to `writeHead` can be read nowhere else than in what was sent. */
function contentTypeOf(response: ServerResponse): unknown {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- Node.js has no other name for it
  const sent = (response as { readonly _header?: string | null })._header;
  return response.getHeader("content-type") ?? /^content-type:(.*)$/im.exec(sent ?? "")?.[1]?.trim();
}

export function isEventStream(contentType: unknown): boolean {
  return /^text\/event-stream\b/i.test(String(contentType));
}
